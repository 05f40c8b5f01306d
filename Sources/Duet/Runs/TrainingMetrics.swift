import FileFormats

/// What `metrics.json` holds: the epoch that was kept, and how its model does on the test examples.
public struct TrainingMetrics: Codable, Sendable {
    /// The version of this format.
    public private(set) var version = 1
    /// The epoch whose weights were kept: the best validation of the last phase.
    public let bestEpoch: TrainingHistory.Epoch?
    /// All epochs.
    public let history: TrainingHistory
    /// The kept model on the test examples.
    public let test: Evaluation

    /// Puts a training and its evaluation together.
    public init(_ result: Trainer.Result, _ evaluation: Evaluation) {
        bestEpoch = result.history.epochs.last.flatMap { result.history.bestEpoch(of: $0.phase) }
        history = result.history
        test = evaluation
    }

    /// Writes `metrics.json`.
    func write(to folder: RunFolder) throws {
        try folder.write(try JSON.prettyText(self) + "\n", to: folder.metrics)
    }
}
