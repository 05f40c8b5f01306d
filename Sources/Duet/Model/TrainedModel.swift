import CDigitsModel
public import Datasets
import FileFormats
public import Foundation
public import Media
public import NeuralNetwork

/// A trained model with all that it takes to predict: architecture, weights, classes, normalization. One `.safetensors`
/// file, which Python's `safetensors` opens too; everything but the arrays is in its metadata.
public struct TrainedModel: Sendable {
    /// The network's description.
    public let architecture: FusionModel
    /// The weights, in Keras's layout.
    public let parameters: Parameters
    /// The classes' names, in the order of the output.
    public let classNames: [String]
    /// How raw values become the network's inputs.
    public let normalization: Normalization
    /// What is known of the modalities from the dataset, in the order of the branches.
    public let modalities: [ModalityDescription]
    /// What it was trained on.
    public let origin: Origin
    /// Whether each branch was trained on the labels by itself. Then what it gives is a prediction, and that of its modality alone.
    public let branchesAreTrained: Bool
    /// What the validation examples told about its probabilities, from all modalities and from each alone. Nil where the training did
    /// not come to its end, or had no validation examples.
    package(set) public var calibration: Ablations<ConfidenceCalibration>?
    /// How far embeddings are from those of the training examples, by modality; empty where there is no calibration.
    package(set) public var embeddingDistances: [String: MahalanobisDistance] = [:]

    /// How good it was on the test examples of the data that it was trained on; nil where nobody measured it.
    package(set) public var test: TestResult?

    /// What was measured on the test examples at the end of a training.
    public struct TestResult: Codable, Equatable, Sendable {
        /// The number of test examples.
        public let count: Int
        /// The accuracy from all modalities, and from each of them alone.
        public let accuracies: Ablations<Accuracy>

        /// What an evaluation of the test examples measured.
        init(_ evaluation: Evaluation) {
            (count, accuracies) = (evaluation.count, evaluation.accuracies)
        }
    }

    /// What a model was trained on, so that it can be measured on what it has not seen.
    public struct Origin: Codable, Equatable, Sendable {
        /// `Dataset.fingerprint()` of the dataset.
        public let dataset: String
        /// How the examples were divided.
        public let split: Split.Method
        /// The seed that they were divided with.
        public let seed: UInt64
        /// The number of examples that were trained on, if it was limited.
        public let limit: Int?
    }

    /// Whether a modality alone is predicted by its branch, and not by the head with the others absent. Without a head it comes to
    /// the same.
    var branchesPredict: Bool { branchesAreTrained && !architecture.head.isEmpty }

    /// Whether what a branch predicts counts less where its embedding is far from those of the training examples: where that is known, and
    /// the branch was trained to predict.
    var softensBranches: Bool {
        !embeddingDistances.isEmpty && (branchesAreTrained || architecture.branches.count == 1)
    }

    /// Puts a model together.
    /// - Throws: `NetworkError` if weights, classes or normalization are not the architecture's.
    public init(
        architecture: FusionModel, parameters: Parameters, classNames: [String], normalization: Normalization,
        modalities: [ModalityDescription], origin: Origin, branchesAreTrained: Bool = false
    ) throws {
        try self.init(
            architecture: architecture, network: architecture.network(), parameters: parameters,
            classNames: classNames, normalization: normalization, modalities: modalities, origin: origin,
            branchesAreTrained: branchesAreTrained)
    }

    /// As the other one, with the architecture's network, where that is there already.
    private init(
        architecture: FusionModel, network: Network, parameters: Parameters, classNames: [String],
        normalization: Normalization, modalities: [ModalityDescription], origin: Origin, branchesAreTrained: Bool
    ) throws {
        try parameters.validate(for: network)
        guard architecture.classCount == classNames.count else {
            throw NetworkError("\(classNames.count) class names do not fit \(architecture.classCount) outputs")
        }
        for branch in architecture.branches {
            let (name, size) = (branch.modality.name, branch.input.elementCount)
            guard let rule = normalization.rules[name], rule.width ?? size == size else {
                throw NetworkError(
                    "there is no normalization of \(size) values for the modality '\(name)', as its branch takes them")
            }
        }
        guard modalities.map(\.modality) == architecture.modalities else {
            throw NetworkError(
                "the modalities \(modalities.map(\.name).joined(separator: ", ")) are not those of the branches, "
                    + architecture.modalities.map(\.name).joined(separator: ", "))
        }
        self.architecture = architecture
        self.parameters = parameters
        self.classNames = classNames
        self.normalization = normalization
        self.modalities = modalities
        self.origin = origin
        self.branchesAreTrained = branchesAreTrained
    }
}

extension TrainedModel {
    private enum Key {
        static let format = "duet"
        static let architecture = "architecture"
        static let classes = "classes"
        static let normalization = "normalization"
        static let modalities = "modalities"
        static let origin = "origin"
        static let branchesAreTrained = "branches_are_trained"
        static let test = "test"
    }

    private static let formatVersion = 2

    /// Reads a model file.
    /// - Parameters:
    ///   - url: the file.
    ///   - isCopied: whether its arrays are copied. Else they are used where they lie, which is faster, and a process ends where
    ///     another one cuts the file short.
    /// - Throws: `DuetError` of kind `missingInput` or `badData`, naming the file and what is wrong with it.
    public init(contentsOf url: URL, isCopied: Bool = false) throws {
        try self.init(SafetensorsFile(contentsOf: url, isCopied: isCopied), url: url)
    }

    /// The model of written and spoken digits that Duet ships; `docs/digits-model.md` says what it was trained on and how good it is.
    /// - Throws: nothing, unless the program's own data is damaged.
    public static func digits() throws -> TrainedModel {
        var size = 0
        guard let bytes = duet_digits_model(&size) else {
            throw DuetError(.internalFault, "this build has no model of digits")
        }
        let data = Data(bytesNoCopy: UnsafeMutableRawPointer(mutating: bytes), count: size, deallocator: .none)
        let name = "digits.safetensors"
        return try TrainedModel(SafetensorsFile(data: data, file: name), url: URL(fileURLWithPath: name))
    }

    private init(_ file: SafetensorsFile, url: URL) throws {
        func entry<Value: Decodable>(_ key: String, as type: Value.Type) throws -> Value {
            guard let text = file.metadata[key] else {
                throw DuetError(.badData, "\(url.path): the metadata lack '\(key)'")
            }
            return try JSON.value(type, from: text, in: "\(url.path): '\(key)' in the metadata")
        }
        guard let version = file.metadata[Key.format] else {
            throw DuetError(.badData, "\(url.path) is a safetensors file, but not a Duet model; `duet train` makes one")
        }
        guard let version = Int(version) else {
            throw DuetError(.badData, "\(url.path) has the format version '\(version)'; expected \(Self.formatVersion)")
        }
        try FormatVersion.check(version, current: Self.formatVersion, in: url.path, remedy: "train the model again")
        do {
            let architecture = try entry(Key.architecture, as: FusionModel.self)
            let (calibration, rest) = try Self.calibration(in: file.tensors, for: architecture)
            let (distances, weights) = try Self.embeddingDistances(in: rest, for: architecture)
            let network = try architecture.network()
            try self.init(
                architecture: architecture, network: network,
                // In the network's order, whatever the file's is; what does not belong is put behind, to be named.
                parameters: Self.ordered(weights, for: network),
                classNames: entry(Key.classes, as: [String].self),
                normalization: entry(Key.normalization, as: Normalization.self),
                modalities: entry(Key.modalities, as: [ModalityDescription].self),
                origin: entry(Key.origin, as: Origin.self),
                branchesAreTrained: file.metadata[Key.branchesAreTrained] == "true")
            self.calibration = calibration
            embeddingDistances = distances
            test = file.metadata[Key.test] == nil ? nil : try entry(Key.test, as: TestResult.self)
        } catch let error as NetworkError {
            throw DuetError(.badData, "\(url.path): \(error); the weights and the architecture do not belong together")
        }
    }

    private static func ordered(_ tensors: [NamedTensor], for network: Network) -> Parameters {
        let names = network.nodes.flatMap { node in node.weights.map(node.parameterName) }
        let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        let sorted = tensors.sorted { places[$0.name, default: .max] < places[$1.name, default: .max] }
        return Parameters(sorted.map { .init(name: $0.name, shape: $0.shape, storage: FloatStorage($0)) })
    }

    /// Writes the model file, whole or not at all. Equal models give equal bytes.
    /// - Parameters:
    ///   - url: the file to write.
    ///   - overwrite: whether an existing file may be replaced.
    ///   - isCompact: whether the file is to be small: weights and the whitening of embeddings are 16-bit floats, rounded to
    ///     the nearest, and of each kind of the calibration's scores there are 1,000 quantiles.
    /// - Throws: `DuetError` of kind `exists` or `cannotWrite`, or `badData` where a weight is too large for 16 bits.
    public func write(to url: URL, overwrite: Bool = false, isCompact: Bool = false) throws {
        var model = self
        if isCompact { model.calibration = try calibration?.map { try $0.thinned(to: Self.quantilesOfCompact) } }
        try model.write(to: url, overwrite: overwrite, halvesArrays: isCompact)
    }

    /// Scores of each kind that a small file's calibration has at most.
    private static let quantilesOfCompact = 1000

    private func write(to url: URL, overwrite: Bool, halvesArrays: Bool) throws {
        var metadata = [
            Key.format: "\(Self.formatVersion)",
            Key.architecture: try JSON.text(architecture),
            Key.classes: try JSON.text(classNames),
            Key.normalization: try JSON.text(normalization),
            Key.modalities: try JSON.text(modalities),
            Key.origin: try JSON.text(origin),
            Key.branchesAreTrained: "\(branchesAreTrained)",
        ]
        metadata[Key.test] = try test.map { try JSON.text($0) }
        let tensors = parameters.entries.map {
            NamedTensor(name: $0.name, shape: $0.shape, values: $0.storage.array)
        }
        let whitening = distanceTensors.filter { $0.name.hasSuffix(".whitening") && $0.values.fitsHalf }
        let halved = halvesArrays ? (tensors + whitening).map(\.name) : []
        try SafetensorsFile(metadata: metadata, tensors: tensors + calibrationTensors + distanceTensors)
            .write(to: url, overwrite: overwrite, halved: Set(halved))
    }
}

extension TrainedModel {
    /// How pictures become an image modality's values: as in the training data. Where that is not known, a model of the digits 0 to 9
    /// on MNIST's 28 × 28 pixels prepares its pictures as MNIST's digits.
    /// - Throws: `MediaError` where the branch's input does not have the shape of an image.
    public func pictureSettings(for branch: Branch) throws -> PictureSettings {
        let isDigits = branch.input == [28, 28, 1] && classNames == (0...9).map(String.init)
        return try PictureSettings(
            shape: branch.input, preparation: description(of: branch)?.preparation ?? (isDigits ? .digit : .none))
    }

    /// How recordings become an audio modality's values: as in the training data. Where that had no `dataset.json`, as with the
    /// competition's bare files, 507 values are taken for the paper's features.
    /// - Throws: `DuetError` of kind `badData` where it is not known how the features were computed.
    public func audioSettings(for branch: Branch) throws -> AudioFeatureSettings {
        let needed = branch.input.elementCount
        let features = description(of: branch)?.features
        let settings: AudioFeatureSettings? = features == nil ? AudioFeatureSettings() : features?.settings
        guard let settings, settings.valuesPerClip == needed else {
            throw DuetError(
                .badData,
                "'\(architecture.name)' cannot predict from sound files: its dataset does not say how its \(needed) values of "
                    + "'\(branch.modality)' were computed. Fetch the digits again with --force, or make a dataset from "
                    + "recordings with `duet data build`, and train on that")
        }
        return settings
    }

    /// How an audio modality's values lie in time: frame after frame, each of so many values. By the dataset's word, where it
    /// fits; else by the shape that the branch takes.
    package func audioLayout(of branch: Branch) -> (frames: Int, values: Int) {
        let shape = branch.input
        if let features = description(of: branch)?.features,
            features.frames * features.coefficients == shape.elementCount
        {
            return (features.frames, features.coefficients)
        }
        return (shape.first ?? 1, shape.dropFirst().reduce(1, *))
    }

    private func description(of branch: Branch) -> ModalityDescription? {
        modalities.first { $0.name == branch.modality.name }
    }
}

extension [Float] {
    /// Whether none is too large for a 16-bit float.
    fileprivate var fitsHalf: Bool { allSatisfy { Float16($0).isFinite } }
}
