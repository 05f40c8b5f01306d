import Datasets
import FileFormats
import NeuralNetwork

extension TrainedModel {
    private static let prefix = "distances."
    private static let parts = ["whitening", "means", "scale"]

    /// The distances as arrays of the model file: `distances.image.whitening`, …
    var distanceTensors: [NamedTensor] {
        embeddingDistances.sorted { $0.key < $1.key }.flatMap { modality, distance in
            let width = distance.width
            return [
                NamedTensor(
                    name: "\(Self.prefix)\(modality).whitening", shape: [width, width], values: distance.whitening.array
                ),
                NamedTensor(
                    name: "\(Self.prefix)\(modality).means", shape: [distance.means.count / width, width],
                    values: distance.means.array),
                NamedTensor(name: "\(Self.prefix)\(modality).scale", shape: [2], values: distance.scale),
                NamedTensor(
                    name: "\(Self.prefix)\(modality).temperature", shape: [2],
                    values: [distance.temperature.limit, distance.temperature.exponent]),
            ]
        }
    }

    /// Takes the distances from a model file's arrays.
    /// - Returns: the distances by modality, none where the file has none, and the arrays that are left.
    /// - Throws: `NetworkError` where a part is missing or cannot be right.
    static func embeddingDistances(
        in tensors: [NamedTensor], for model: FusionModel
    ) throws -> ([String: MahalanobisDistance], rest: [NamedTensor]) {
        let found = Dictionary(
            tensors.filter { $0.name.hasPrefix(prefix) }.map { ($0.name, FloatStorage($0)) },
            uniquingKeysWith: { first, _ in first })
        guard !found.isEmpty else { return ([:], tensors) }
        var distances: [String: MahalanobisDistance] = [:]
        for modality in model.modalities {
            let values = try parts.map { part in
                let name = "\(prefix)\(modality.name).\(part)"
                guard let values = found[name] else { throw NetworkError("there is no '\(name)'") }
                return values
            }
            let temperature = found["\(prefix)\(modality.name).temperature"]
            distances[modality.name] = try MahalanobisDistance(
                whitening: values[0], means: values[1], scale: values[2].array,
                // Files of before there was one have none.
                temperature: temperature.map { try DistanceTemperature($0.array) } ?? .none, classes: model.classCount)
        }
        let temperatures = found.keys.count { $0.hasSuffix(".temperature") }
        guard found.count == parts.count * distances.count + temperatures, temperatures <= distances.count else {
            throw NetworkError("there are distances of other modalities than the model's")
        }
        return (distances, tensors.filter { !$0.name.hasPrefix(prefix) })
    }
}
