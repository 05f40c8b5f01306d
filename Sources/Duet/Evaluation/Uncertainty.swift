/// Whether the prediction sets of some examples contain the true classes as often as promised, and what abstaining brings.
public struct Uncertainty: Codable, Equatable, Sendable {
    /// The prediction sets of one coverage.
    public struct PredictionSets: Codable, Equatable, Sendable {
        /// The coverage that they were made for.
        public let target: Double
        /// The share of examples whose set contains the true class.
        public let coverage: Accuracy
        /// The mean number of classes in a set.
        public let meanSize: Double
        /// The share of examples with one class in the set.
        public let single: Double
        /// The share of examples with no class in the set: the least certain ones, where the model is right more often than the target.
        public let empty: Double
    }

    /// What is left when the model abstains from the least certain examples.
    public struct Abstention: Codable, Equatable, Sendable {
        /// The share of validation examples that would get no answer.
        public let target: Double
        /// The share of examples that got none.
        public let share: Double
        /// The misclassified examples among those with an answer.
        public let mistakes: Int
        /// The accuracy on the examples with an answer; nil where there are none.
        public let accuracy: Accuracy?
    }

    /// The temperature that the probabilities were calibrated with.
    public let temperature: Float
    /// The expected calibration error over 15 bins, 0 to 1.
    public let calibrationError: Double
    /// For each of the coverages that are measured.
    public let predictionSets: [PredictionSets]
    /// For each of the shares that are measured.
    public let abstention: [Abstention]

    private static let coverages = [0.9, 0.95, 0.99]
    private static let shares = [0.01, 0.02, 0.05, 0.1]

    /// Measures one ablation of some predictions.
    /// - Throws: `DuetError` of kind `badData` for a probability that is none.
    init(_ predictions: EvaluatedPredictions, _ ablation: Ablation, _ calibration: ConfidenceCalibration) throws {
        temperature = calibration.temperature
        calibrationError = try predictions.metrics(ablation).calibration.error
        let rows = predictions.rows.indices.map { Array(predictions.probabilities(ablation, at: $0)) }
        let labels = predictions.labels
        predictionSets = Self.coverages.map { target in
            let sets = rows.map { calibration.predictionSet(of: $0, coverage: target) }
            func share(_ isCounted: ([Int]) -> Bool) -> Double {
                Double(sets.count(where: isCounted)) / Double(sets.count)
            }
            return PredictionSets(
                target: target, coverage: Accuracy(zip(sets, labels).map { $0.contains($1) }),
                meanSize: Double(sets.reduce(0) { $0 + $1.count }) / Double(sets.count),
                single: share { $0.count == 1 }, empty: share(\.isEmpty))
        }
        let areCorrect = predictions.areCorrect(ablation)
        abstention = Self.shares.map { target in
            let answered = zip(rows, areCorrect).filter { !calibration.abstains(on: $0.0, share: target) }.map(\.1)
            return Abstention(
                target: target, share: 1 - Double(answered.count) / Double(rows.count),
                mistakes: answered.count { !$0 }, accuracy: answered.isEmpty ? nil : Accuracy(answered))
        }
    }
}
