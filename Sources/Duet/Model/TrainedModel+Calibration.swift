import Datasets
import FileFormats
import NeuralNetwork

extension TrainedModel {
    /// The calibration for examples of which these modalities are present: all of them, or one alone. Nil for what the validation
    /// examples were not asked about, and where the model has none.
    /// - Parameter present: names of modalities.
    /// - Returns: what the validation examples told of such examples.
    public func calibration(ofPresent present: [String]) -> ConfidenceCalibration? {
        guard let calibration else { return nil }
        if present.count == architecture.modalities.count { return calibration.all }
        return present.count == 1 ? calibration[present[0]] : nil
    }

    /// The calibration of an ablation.
    func calibration(of ablation: Ablation) -> ConfidenceCalibration? { calibration.flatMap { $0[ablation] } }

    private static let prefix = "calibration."
    private static let outOfDistribution = "out_of_distribution_scores"

    /// The calibration as arrays of the model file: `calibration.all.temperature`, `calibration.image.scores`, …
    var calibrationTensors: [NamedTensor] {
        (calibration?.entries ?? []).flatMap { ablation, value in
            let parts = [
                ("temperature", [value.temperature]), ("scores", value.scores), ("uncertainties", value.uncertainties),
                (Self.outOfDistribution, value.outOfDistributionScores),
            ]
            return parts.filter { !$0.1.isEmpty }
                .map { NamedTensor(name: "\(Self.prefix)\(ablation.key).\($0)", shape: [$1.count], values: $1) }
        }
    }

    /// Takes the calibration from a model file's arrays.
    /// - Returns: the calibration, nil where the file has none, and the arrays that are left.
    /// - Throws: `NetworkError` where a part is missing or cannot be right.
    static func calibration(
        in tensors: [NamedTensor], for model: FusionModel
    ) throws -> (Ablations<ConfidenceCalibration>?, rest: [NamedTensor]) {
        let parts = Dictionary(
            tensors.filter { $0.name.hasPrefix(prefix) }.map { ($0.name, $0.values) },
            uniquingKeysWith: { first, _ in first })
        guard !parts.isEmpty else { return (nil, tensors) }
        func values(_ key: String, _ name: String) throws -> [Float] {
            guard let values = parts["\(prefix)\(key).\(name)"], !values.isEmpty else {
                throw NetworkError("there is no '\(prefix)\(key).\(name)'")
            }
            return values
        }
        func calibration(_ ablation: Ablation) throws -> ConfidenceCalibration {
            try ConfidenceCalibration(
                temperature: values(ablation.key, "temperature")[0], scores: values(ablation.key, "scores"),
                uncertainties: values(ablation.key, "uncertainties"),
                outOfDistributionScores: parts["\(prefix)\(ablation.key).\(outOfDistribution)"] ?? [])
        }
        let names = model.branches.count > 1 ? model.modalities.map(\.name) : []
        let found = Ablations(
            all: try calibration(.all), alone: try names.map { ($0, try calibration(.alone($0))) })
        let others = found.entries.count { !$0.value.outOfDistributionScores.isEmpty }
        guard parts.count == 3 * found.entries.count + others else {
            throw NetworkError("there is a calibration of other modalities than the model's")
        }
        return (found, tensors.filter { !$0.name.hasPrefix(prefix) })
    }
}
