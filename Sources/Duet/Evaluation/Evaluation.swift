public import Datasets

/// Everything that was measured about a model on some examples whose classes are known.
public struct Evaluation: Codable, Equatable, Sendable {
    /// The version of this format.
    public private(set) var version = 1
    /// The model's name.
    public let model: String
    /// Which examples: `test`, `train` or `validation`.
    public let on: EvaluationSide
    /// The number of examples.
    public let count: Int
    /// The model's modalities, in the order of its branches.
    public let modalities: [Modality]
    /// The classes' names, in the order of the confusion matrix.
    public let classNames: [String]
    /// The accuracy from all modalities, and from each of them alone with the others absent.
    public let accuracies: Ablations<Accuracy>
    /// The mean cross-entropy, in nats.
    public let loss: Double
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
    /// Prediction sets and abstention, from all modalities and from each alone; nil for a model without a calibration.
    public let uncertainty: Ablations<Uncertainty>?
    /// How well other examples are told from these; nil where nobody asked for it.
    public var outOfDistribution: OutOfDistribution?
    /// The accuracy as one modality gets noisier; nil where nobody asked for it.
    public var noise: [Robustness]?

    /// Measures predictions.
    /// - Throws: `DuetError` of kind `badData` for a probability that is none.
    init(_ predictions: EvaluatedPredictions, of model: TrainedModel, on side: EvaluationSide) throws {
        let metrics = try predictions.metrics(.all)
        self.model = model.architecture.name
        on = side
        count = metrics.count
        modalities = model.architecture.modalities
        classNames = model.classNames
        accuracies = predictions.accuracies
        loss = metrics.loss
        calibrationError = metrics.calibration.error
        calibrationBins = metrics.calibration.bins
        brierScore = metrics.brierScore
        perClass = metrics.confusion.perClass
        macroAverage = metrics.confusion.macroAverage
        confusion = metrics.confusion
        uncertainty = try model.calibration.map { calibration in
            Ablations(
                all: try Uncertainty(predictions, .all, calibration.all),
                alone: try calibration.alone.map {
                    ($0.modality, try Uncertainty(predictions, .alone($0.modality), $0.value))
                })
        }
    }

    /// As tables and figures say it: "image and audio", "image alone".
    public func title(_ ablation: Ablation) -> String { ablation.title(of: modalities.map(\.name)) }
}

/// Which of a dataset's examples to measure on.
public enum EvaluationSide: String, Codable, Sendable, CaseIterable {
    /// The examples that the training never saw.
    case test
    /// The examples that were trained on.
    case train
    /// The examples that the best epoch was chosen by.
    case validation
}

/// The share of examples that were classified correctly.
public struct Accuracy: Codable, Equatable, Sendable {
    /// The share, 0 to 1.
    public let accuracy: Double
    /// Its 95 % confidence interval (Wilson).
    public let interval: WilsonInterval

    /// Counts; there is at least one example.
    init(_ areCorrect: [Bool]) {
        let hits = areCorrect.count { $0 }
        accuracy = Double(hits) / Double(areCorrect.count)
        interval = WilsonInterval(successes: hits, of: areCorrect.count)
    }
}
