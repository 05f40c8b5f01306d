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
    /// The model on the test pairs, clean and with noise.
    public let evaluation: Evaluation
    /// What it says of each of them.
    public let opinions: PairOpinions
    /// What the last hidden layers hold; empty where there were too few pairs to lay out.
    public let maps: [EmbeddingMap]
    /// What happens when image and audio contradict each other; nil where all pairs are of one class.
    public let contradiction: Contradiction?
    /// The worst mistakes, the worst first.
    public let gallery: [GalleryItem]
    /// How many pairs image and audio together get wrong.
    public let mistakes: Int

    /// What is being done, for progress.
    public enum Step: String, Sendable {
        /// Classifying the pairs.
        case measuring = "Measuring"
        /// Classifying the pairs with noise on one modality.
        case addingNoise = "Adding noise"
        /// Contradicting pairs.
        case contradicting = "Contradicting"
        /// Reading hidden layers.
        case readingLayers = "Reading layers"
        /// t-SNE of the image branch's embedding.
        case layingOutImage = "t-SNE of the image"
        /// t-SNE of the audio branch's embedding.
        case layingOutAudio = "t-SNE of the audio"
        /// t-SNE of the head's embedding.
        case layingOutFused = "t-SNE of both"
        /// Covering parts of the worst mistakes.
        case attributing = "Explaining mistakes"
        /// Drawing figures.
        case drawing = "Drawing"
    }

    /// Told of progress: what is being done, and how much of it is done. May throw to stop.
    public typealias Advance = (_ step: Step, _ done: Int, _ of: Int) throws -> Void
}
