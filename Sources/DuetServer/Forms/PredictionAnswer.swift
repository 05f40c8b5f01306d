import Datasets
import Duet

/// The answer to a request with files: what `duet predict --json` prints, and on request the values that the model took.
struct PredictionAnswer: Encodable {
    let report: PredictionReport
    /// The values of each modality that is present; nil where they were not asked for.
    let values: [String: [Float]]?
    /// What the prediction rests on; nil where it was not asked for.
    let occlusion: Attribution?
    let model: TrainedModel

    private enum CodingKeys: CodingKey {
        case values, occlusion
    }

    fileprivate struct Values: Encodable {
        let shape: [Int]
        /// Audio features: the number of frames, and of values in each.
        let layout: [Int]?
        let data: [Float]
    }

    /// Writes the report's keys, and `values` beside them.
    func encode(to encoder: any Encoder) throws {
        try report.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(occlusion, forKey: .occlusion)
        guard let values else { return }
        let shown = model.architecture.branches.compactMap { branch in
            values[branch.modality.name].map { (branch.modality.name, Values(branch, of: model, $0)) }
        }
        try container.encode(Dictionary(uniqueKeysWithValues: shown), forKey: .values)
    }
}

extension PredictionAnswer.Values {
    fileprivate init(_ branch: Branch, of model: TrainedModel, _ data: [Float]) {
        let layout = branch.modality.kind == .audio ? model.audioLayout(of: branch) : nil
        self.init(shape: branch.input, layout: layout.map { [$0.frames, $0.values] }, data: data)
    }
}
