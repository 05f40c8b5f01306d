package import Duet

/// Everything that the report of a run tells, as plain values.
package struct ReportContent: Codable, Sendable {
    /// The run folder's name.
    package let run: String
    /// The dataset folder, as it was named.
    package let data: String
    /// The run's settings, as `config.yaml` has them.
    package let settings: String
    /// The training, epoch by epoch.
    package let history: TrainingHistory
    /// The model on the test examples, clean and with noise.
    package let evaluation: Evaluation
    /// Its prediction for each of them.
    package let predictions: EvaluatedPredictions
    /// The embeddings, mapped to the plane; empty where there were too few examples.
    package let maps: [EmbeddingMap]
    /// What is predicted when the modalities contradict each other; nil where that cannot be tried.
    package let contradiction: Contradiction?
    /// The worst mistakes, the worst first.
    package let gallery: [GalleryItem]
    /// How many examples are misclassified.
    package let mistakes: Int
}
