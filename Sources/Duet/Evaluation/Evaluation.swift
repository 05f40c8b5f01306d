/// Everything that was measured about a model on some pairs whose classes are known.
public struct Evaluation: Codable, Equatable, Sendable {
    /// The model's name.
    public let model: String
    /// Which pairs: `test`, `train` or `validation`.
    public let on: EvaluationSide
    /// The number of pairs.
    public let count: Int
    /// The classes' names, in the order of the confusion matrix.
    public let classNames: [String]
    /// The share of pairs classified correctly, 0 to 1.
    public let accuracy: Double
    /// Its 95 % interval (Wilson).
    public let accuracyInterval: WilsonInterval
    /// The mean cross-entropy, in nats.
    public let loss: Double
    /// The accuracy with the audio absent.
    public let imageOnlyAccuracy: Double
    /// Its 95 % interval.
    public let imageOnlyInterval: WilsonInterval
    /// The accuracy with the image absent.
    public let audioOnlyAccuracy: Double
    /// Its 95 % interval.
    public let audioOnlyInterval: WilsonInterval
    /// The expected calibration error over 15 bins, 0 to 1.
    public let calibrationError: Double
    /// The bins of the reliability diagram.
    public let calibrationBins: [Calibration.Bin]
    /// The mean Brier score, 0 to 2.
    public let brierScore: Double
    /// Precision, recall, F1 and support of each class.
    public let perClass: [ConfusionMatrix.ClassMetrics]
    /// Their plain means.
    public let macroAverage: ConfusionMatrix.ClassMetrics
    /// Counts, [class × class]: rows are the true classes, columns the predicted ones.
    public let confusion: ConfusionMatrix
    /// The accuracy as one modality gets noisier; nil where nobody asked for it.
    public var noise: [Robustness]?
}

/// Which of a dataset's pairs to measure on.
public enum EvaluationSide: String, Codable, Sendable, CaseIterable {
    /// The pairs that the training never saw.
    case test
    /// The pairs that were trained on.
    case train
    /// The pairs that the best epoch was chosen by.
    case validation
}
