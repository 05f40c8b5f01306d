public import FileFormats
import Datasets
public import Foundation

/// How well a model tells the examples that it was trained for from others, by the distances of their embeddings.
public struct OutOfDistribution: Codable, Equatable, Sendable {
    /// The folder with the others.
    public let data: String
    /// The number of the others.
    public let count: Int
    /// From all modalities and from each alone: the examples that were evaluated against the others.
    public let scores: Ablations<RankingMetrics>
    /// The share of the others that `predict --out-of-distribution 0.01` marks.
    public let marked: Ablations<Double>
    /// The share of the examples that were evaluated that it marks.
    public let falselyMarked: Ablations<Double>

    /// The share of validation examples whose score is beyond the threshold.
    static let share = 0.01
}

extension Evaluator {
    /// Measures how well the model tells examples from those of another dataset, which are no such examples.
    /// - Parameters:
    ///   - other: a dataset folder with the model's modalities and shapes; labels and classes do not matter. Its test side is taken where
    ///     it has one, else all of it.
    ///   - folder: the dataset that the model is evaluated on.
    ///   - side: which of its examples.
    ///   - monitor: told of each batch.
    /// - Returns: what was measured.
    /// - Throws: `DuetError` of kind `badData` where the model has no distances of embeddings, or the other dataset does not fit it.
    public func outOfDistribution(
        _ other: URL, against folder: URL, on side: EvaluationSide, monitor: WorkMonitor = .none
    ) throws -> OutOfDistribution {
        let (known, unknown) = (try DatasetFolder(folder).load(), try DatasetFolder(other).load())
        try model.architecture.requireFit(unknown)
        let ownTest = Array(unknown.trainSideCount..<unknown.count)
        let otherRows = ownTest.isEmpty ? Array(0..<unknown.count) : ownTest
        let rows = try rows(of: side, in: known, place: folder.path, monitor: monitor)
        let total = rows.count + otherRows.count
        let predictor = try Predictor(model, scores: true, threads: self.predictor.threads)
        func scores(_ dataset: Dataset, _ rows: [Int], after done: Int) throws -> Ablations<[Float]>? {
            try predictor.predictions(
                of: dataset, rows: rows,
                advance: { try monitor.advance("Measuring distances", done + $0, of: total, "examples") }
            ).scores
        }
        guard let calibration = model.calibration, let inside = try scores(known, rows, after: 0),
            let outside = try scores(unknown, otherRows, after: rows.count)
        else {
            throw DuetError(
                .badData,
                "'\(model.architecture.name)' does not know how far examples are from its training examples; train it again to its end"
            )
        }
        func marked(_ scores: Ablations<[Float]>) -> Ablations<Double> {
            scores.merged(with: calibration) { scores, calibration in
                let marked = scores.count {
                    calibration.isOutOfDistribution(score: $0, share: OutOfDistribution.share) == true
                }
                return Double(marked) / Double(scores.count)
            }
        }
        return OutOfDistribution(
            data: other.path, count: otherRows.count,
            scores: inside.merged(with: outside) { RankingMetrics(low: $0, high: $1) },
            marked: marked(outside), falselyMarked: marked(inside))
    }
}
