import Duet
import Foundation

/// What is to be predicted for one request, and who waits for it.
struct Job: Sendable {
    /// What a request brings.
    enum Work: Sendable {
        /// Rows of raw values, by modality.
        case rows(count: Int, values: [String: [Float]])
        /// One example's files. With an attribution, what the prediction rests on is computed too, at the price of hundreds of predictions.
        case files([String: MediaRequest.File], PreparationChoice, withAttribution: Bool)

        /// The number of rows that it takes in a batch.
        var rows: Int {
            switch self {
            case .rows(let count, _): count
            case .files: 1
            }
        }
    }

    /// What comes back.
    struct Result: Sendable {
        /// A prediction for each row.
        let predictions: [MediaPrediction]
        /// What the model took, for one example that was made of files.
        let values: [String: [Float]]
        /// What its prediction rests on, where that was asked for.
        let attribution: Attribution?
    }

    let work: Work
    /// When it came.
    let arrival: ContinuousClock.Instant
    /// When nobody waits any longer.
    let deadline: ContinuousClock.Instant
    /// Tells who waits. Called once.
    let finish: @Sendable (Swift.Result<Result, any Error>) -> Void
}
