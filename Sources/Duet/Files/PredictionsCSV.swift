import PairedData

/// Predictions as the competition's leaderboard takes them: `row_id,label`, rows counted from 0, and on request a
/// column with each class's probability.
public struct PredictionsCSV: Sendable {
    /// The file's content.
    public let text: String

    /// Lays out predictions in their order.
    public init(_ predictions: [Classifier.Prediction], classNames: [String], withProbabilities: Bool = false) {
        var text = "row_id,label"
        if withProbabilities { text += classNames.map { "," + CSVTable.quoted("probability_\($0)") }.joined() }
        text += "\n"
        for (row, prediction) in predictions.enumerated() {
            text += "\(row),\(CSVTable.quoted(prediction.label))"
            if withProbabilities { text += prediction.probabilities.map { ",\($0)" }.joined() }
            text += "\n"
        }
        self.text = text
    }
}
