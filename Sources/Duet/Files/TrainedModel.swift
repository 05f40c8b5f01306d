import Foundation
import NeuralNetwork
import PairedData

/// A trained model with all that it takes to predict: architecture, weights, classes, normalization. One `.safetensors`
/// file, which Python's `safetensors` opens too; everything but the arrays is in its metadata.
public struct TrainedModel: Sendable {
    /// The network's description.
    public let architecture: LateFusion
    /// The weights, in Keras's layout.
    public let parameters: Parameters
    /// The classes' names, in the order of the output.
    public let classNames: [String]
    /// How raw values become the network's input.
    public let normalization: Normalization
    /// How the audio features were made, where the dataset said so.
    public let features: DatasetDescription.Features?
    /// How pictures are made to look like the images, where the dataset said so.
    public let pictures: DatasetDescription.Pictures?
    /// What it was trained on.
    public let origin: Origin

    /// What a model was trained on, so that it can be measured on what it has not seen.
    public struct Origin: Codable, Equatable, Sendable {
        /// `PairedDataset.fingerprint()` of the dataset.
        public let dataset: String
        /// How the pairs were divided.
        public let split: Split.Method
        /// The seed that they were divided with.
        public let seed: UInt64
        /// The number of pairs that were trained on, if it was limited.
        public let limit: Int?
    }

    /// Puts a model together.
    /// - Throws: `NetworkError` if the weights are not the architecture's.
    public init(
        architecture: LateFusion, parameters: Parameters, classNames: [String], normalization: Normalization,
        features: DatasetDescription.Features?, pictures: DatasetDescription.Pictures? = nil, origin: Origin
    ) throws {
        try parameters.validate(for: architecture.network())
        guard architecture.classCount == classNames.count else {
            throw NetworkError("\(classNames.count) class names do not fit \(architecture.classCount) outputs")
        }
        guard normalization.audioMean.count == architecture.audio.input.elementCount,
            normalization.audioDeviation.count == normalization.audioMean.count
        else {
            throw NetworkError(
                "a normalization of \(normalization.audioMean.count) audio values does not fit an audio input of "
                    + "\(architecture.audio.input.elementCount)")
        }
        self.architecture = architecture
        self.parameters = parameters
        self.classNames = classNames
        self.normalization = normalization
        self.features = features
        self.pictures = pictures
        self.origin = origin
    }
}

extension TrainedModel {
    private enum Key {
        static let format = "duet"
        static let architecture = "architecture"
        static let classes = "classes"
        static let normalization = "normalization"
        static let features = "features"
        static let pictures = "pictures"
        static let origin = "origin"
    }

    private static let formatVersion = "1"

    /// Reads a model file.
    /// - Throws: `DuetError` of kind `missingInput` or `badData`, naming the file and what is wrong with it.
    public init(contentsOf url: URL) throws {
        let file = try SafetensorsFile(contentsOf: url)
        func optional<Value: Decodable>(_ key: String, as type: Value.Type) throws -> Value? {
            try file.metadata[key].map { try JSON.value(type, from: $0, in: "\(url.path): '\(key)' in the metadata") }
        }
        func entry<Value: Decodable>(_ key: String, as type: Value.Type) throws -> Value {
            guard let value = try optional(key, as: type) else {
                throw DuetError(.badData, "\(url.path): the metadata lack '\(key)'")
            }
            return value
        }
        guard let version = file.metadata[Key.format] else {
            throw DuetError(.badData, "\(url.path) is a safetensors file, but not a Duet model; `duet train` makes one")
        }
        guard version == Self.formatVersion else {
            throw DuetError(
                .badData, "\(url.path) has format version \(version), but this Duet reads \(Self.formatVersion)")
        }
        do {
            let architecture = try entry(Key.architecture, as: LateFusion.self)
            try self.init(
                architecture: architecture,
                // In the network's order, whatever the file's is; what does not belong is put behind, to be named.
                parameters: Self.ordered(file.tensors, for: architecture.network()),
                classNames: entry(Key.classes, as: [String].self),
                normalization: entry(Key.normalization, as: Normalization.self),
                features: optional(Key.features, as: DatasetDescription.Features.self),
                pictures: optional(Key.pictures, as: DatasetDescription.Pictures.self),
                origin: entry(Key.origin, as: Origin.self))
        } catch let error as NetworkError {
            throw DuetError(.badData, "\(url.path): \(error); the weights and the architecture do not belong together")
        }
    }

    private static func ordered(_ tensors: [NamedTensor], for network: Network) -> Parameters {
        let names = network.nodes.flatMap { node in node.weights.map(node.parameterName) }
        let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        let sorted = tensors.sorted { places[$0.name, default: .max] < places[$1.name, default: .max] }
        return Parameters(sorted.map { .init(name: $0.name, shape: $0.shape, storage: $0.storage) })
    }

    /// Writes the model file, whole or not at all. Equal models give equal bytes.
    /// - Throws: `DataError` of kind `exists` or `cannotWrite`.
    public func write(to url: URL, overwrite: Bool = false) throws {
        var metadata = [
            Key.format: Self.formatVersion,
            Key.architecture: try JSON.text(architecture),
            Key.classes: try JSON.text(classNames),
            Key.normalization: try JSON.text(normalization),
            Key.origin: try JSON.text(origin),
        ]
        if let features { metadata[Key.features] = try JSON.text(features) }
        if let pictures { metadata[Key.pictures] = try JSON.text(pictures) }
        let tensors = parameters.entries.map { NamedTensor(name: $0.name, shape: $0.shape, storage: $0.storage) }
        try SafetensorsFile(metadata: metadata, tensors: tensors).write(to: url, overwrite: overwrite)
    }
}
