import Duet

/// Everything that the report of a run tells, as plain values.
public struct ReportContent: Codable, Sendable {
    /// The run folder's name.
    public let run: String
    /// The dataset folder, as it was named.
    public let data: String
    /// The run's settings, as `config.yaml` has them.
    public let settings: String
    /// The training, epoch by epoch.
    public let history: TrainingHistory
    /// The model on the test examples, clean and with noise.
    public let evaluation: Evaluation
    /// Its prediction for each of them.
    public let predictions: EvaluatedPredictions
    /// The embeddings, mapped to the plane; empty where there were too few examples.
    public let maps: [EmbeddingMap]
    /// What is predicted when the modalities contradict each other; nil where that cannot be tried.
    public let contradiction: Contradiction?
    /// The worst mistakes, the worst first.
    public let gallery: [GalleryItem]
    /// How many examples are misclassified.
    public let mistakes: Int

    /// What is being done, for progress.
    public enum Step: Hashable, Sendable {
        /// Predicting the examples.
        case measuring
        /// Predicting the examples with noise on one modality.
        case addingNoise
        /// Predicting contradicting examples.
        case contradicting
        /// Reading embeddings.
        case readingLayers
        /// t-SNE of an embedding.
        case mapping(String)
        /// Covering parts of the worst mistakes.
        case attributing
        /// Drawing figures.
        case drawing

        /// A label for a progress bar.
        public var label: String {
            switch self {
            case .measuring: "Evaluating"
            case .addingNoise: "Adding noise"
            case .contradicting: "Contradicting"
            case .readingLayers: "Reading layers"
            case .mapping(let name): "t-SNE (\(name))"
            case .attributing: "Explaining mistakes"
            case .drawing: "Drawing"
            }
        }

        /// What its numbers count.
        public var unit: String {
            switch self {
            case .measuring, .addingNoise, .contradicting, .readingLayers: "examples"
            case .mapping: "iterations"
            case .attributing: "mistakes"
            case .drawing: "figures"
            }
        }
    }

    /// Told of progress: what is being done, and how much of it is done. May throw to stop.
    public typealias Advance = (_ step: Step, _ done: Int, _ of: Int) throws -> Void
}
