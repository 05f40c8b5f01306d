/// What `metrics.json` holds: the epoch that was kept, and how its model does on the test pairs.
public struct TrainingMetrics: Codable, Sendable {
    /// The epoch whose weights were kept: the best validation of the last phase.
    public let bestEpoch: TrainingHistory.Epoch?
    /// All epochs.
    public let history: TrainingHistory
    /// The kept model on the test pairs.
    public let test: Evaluation

    /// Puts a training and its evaluation together.
    public init(_ result: Trainer.Result, _ evaluation: Evaluation) {
        let last = result.history.epochs.last?.phase
        bestEpoch = result.history.epochs.filter { $0.phase == last }.max {
            ($0.validationAccuracy, -$0.validationLoss) < ($1.validationAccuracy, -$1.validationLoss)
        }
        history = result.history
        test = evaluation
    }

    /// Writes `metrics.json`.
    public func write(to folder: RunFolder) throws {
        try folder.write(try JSON.prettyText(self) + "\n", to: folder.metrics)
    }
}
