public import FileFormats
public import Datasets
public import Foundation

extension Evaluator {
    /// Measures one side of a dataset folder, clean and then with noise, which goes into the evaluation's `noise`.
    ///
    /// - Parameters:
    ///   - folder: the dataset.
    ///   - side: as for the evaluation without noise.
    ///   - noise: on what, and how strong; each is measured by itself.
    ///   - seed: the same one gives the same noise.
    ///   - monitor: told of each batch; each level goes through all examples.
    /// - Returns: the evaluation of the clean examples, with `noise` where there is some.
    /// - Throws: as the evaluation without noise does.
    public func evaluate(
        _ folder: URL, on side: EvaluationSide, noise: [NoiseLevels], seed: UInt64 = 0,
        monitor: WorkMonitor = .none
    ) throws -> Evaluation {
        let dataset = try DatasetFolder(folder).load()
        let rows = try self.rows(of: side, in: dataset, place: folder.path, monitor: monitor)
        var evaluation = try evaluate(dataset, rows: rows, on: side, monitor: monitor).evaluation
        guard !noise.isEmpty else { return evaluation }
        evaluation.noise = try robustness(
            of: evaluation, dataset, rows: rows, noise: noise, seed: seed, monitor: monitor)
        return evaluation
    }

    /// Measures some rows of a dataset with noise.
    ///
    /// - Parameters:
    ///   - evaluation: the same rows without noise.
    ///   - dataset: the dataset, whole.
    ///   - rows: the rows.
    ///   - noise: on what, and how strong; each is measured by itself.
    ///   - seed: the same one gives the same noise.
    ///   - monitor: told of each batch.
    /// - Returns: the accuracies, for each entry of `noise`.
    /// - Throws: as the evaluation without noise does.
    public func robustness(
        of evaluation: Evaluation, _ dataset: Dataset, rows: [Int], noise: [NoiseLevels], seed: UInt64 = 0,
        monitor: WorkMonitor = .none
    ) throws -> [Robustness] {
        let total = rows.count * noise.reduce(0) { $0 + $1.levels.count }
        var done = 0
        return try noise.map { noise in
            let levels = try noise.levels.map { level in
                defer { done += rows.count }
                return try measure(dataset, rows: rows, noise.modality, level: level, seed: seed) {
                    try monitor.advance("Adding noise", done + $0, of: total, "examples")
                }
            }
            let clean = Robustness.Level(level: nil, accuracies: evaluation.accuracies)
            return Robustness(noise.modality, seed: seed, levels: [clean] + levels)
        }
    }

    private func measure(
        _ dataset: Dataset, rows: [Int], _ modality: Modality, level: Double, seed: UInt64,
        advance: (Int) throws -> Void
    ) throws -> Robustness.Level {
        let noise = Noise(modality, level: level, seed: seed, model.normalization)
        let predictions = try predictions(dataset, rows: rows, with: noise, advance: advance)
        return Robustness.Level(level: level, accuracies: predictions.accuracies)
    }
}
