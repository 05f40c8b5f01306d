/// What is being done, for progress.
public enum ReportStep: Hashable, Sendable {
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
public typealias ReportAdvance = (_ step: ReportStep, _ done: Int, _ of: Int) throws -> Void
