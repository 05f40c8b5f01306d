import Foundation
import PairedData

/// Several models under one split and seed, side by side: the paper's comparison, with what chance may have done to it.
public struct Comparison: Codable, Sendable {
    /// One model's line.
    public struct Entry: Codable, Sendable {
        /// The model's name.
        public let model: String
        /// All weights.
        public let parameters: Int
        /// On the test pairs.
        public let evaluation: Evaluation
        /// The mean time of an epoch, validation included.
        public let secondsPerEpoch: Double
        /// McNemar's test against the best model; nil for the best itself.
        public let againstBest: McNemarTest?
    }

    /// The models, in the order in which they were named.
    public let entries: [Entry]
    /// The name of the model with the highest test accuracy; of equal ones the smallest.
    public let best: String
    /// The p-value below which a difference from the best counts as more than chance: 0.05 divided by the number of
    /// comparisons (Bonferroni).
    public let significance: Double

    /// What was measured of one model.
    public struct Measured: Sendable {
        let parameters: Int
        /// The training, epoch by epoch.
        public let history: TrainingHistory
        let result: Evaluator.Result

        /// Puts a training and its evaluation together.
        public init(_ model: TrainedModel, history: TrainingHistory, result: Evaluator.Result) throws {
            parameters = try model.architecture.network().summary().totalParameters
            self.history = history
            self.result = result
        }
    }

    /// Compares models that were measured on the same pairs.
    /// - Throws: `DuetError` if there are none, or if the pairs differ in number.
    public init(_ measured: [Measured]) throws {
        guard
            let best = measured.max(by: {
                ($0.result.evaluation.accuracy, -$0.parameters) < ($1.result.evaluation.accuracy, -$1.parameters)
            })
        else { throw DuetError(.usage, "there are no models to compare") }
        self.best = best.result.evaluation.model
        significance = 0.05 / Double(max(measured.count - 1, 1))
        entries = try measured.map { one in
            let evaluation = one.result.evaluation
            let seconds = one.history.epochs.map(\.seconds)
            return Entry(
                model: evaluation.model, parameters: one.parameters, evaluation: evaluation,
                secondsPerEpoch: seconds.reduce(0, +) / Double(max(seconds.count, 1)),
                againstBest: evaluation.model == best.result.evaluation.model
                    ? nil : try McNemarTest(first: best.result.isCorrect, second: one.result.isCorrect))
        }
    }
}

extension Comparison {
    /// Writes `comparison.json` into a folder.
    public func write(to folder: URL) throws {
        let text = try JSON.prettyText(self) + "\n"
        try AtomicFile.write(to: folder.appendingPathComponent("comparison.json"), overwrite: true) {
            try $0.write(text)
        }
    }
}
