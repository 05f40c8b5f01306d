import PairedData

/// Predictions as the competition's leaderboard takes them: `row_id,label`, rows counted from 0, and on request a
/// column with each class's probability.
public struct PredictionsCSV: Sendable {
    /// The file's content.
    public let text: String

    /// Lays out predictions in their order.
    public init(_ predictions: [Classifier.Prediction], classNames: [String], withProbabilities: Bool = false) {
        text = Self.lines(
            Self.header(classNames, withProbabilities),
            predictions.enumerated().map { Self.fields($0, $1, withProbabilities) })
    }

    /// Lays out judgements in their order. Three columns follow the predictions': `image_alone` and `audio_alone`, the labels
    /// that each modality alone would have got, empty where it is missing; and `disagree`, `true` or `false`.
    public init(_ judgements: [Judgement], classNames: [String], withProbabilities: Bool = false) {
        text = Self.lines(
            Self.header(classNames, withProbabilities) + ["image_alone", "audio_alone", "disagree"],
            judgements.enumerated().map { row, judgement in
                Self.fields(row, judgement.decision, withProbabilities) + [
                    judgement.imageAlone?.label ?? "", judgement.audioAlone?.label ?? "", "\(judgement.disagree)",
                ]
            })
    }

    private static func header(_ classNames: [String], _ withProbabilities: Bool) -> [String] {
        ["row_id", "label"] + (withProbabilities ? classNames.map { "probability_\($0)" } : [])
    }

    private static func fields(_ row: Int, _ prediction: Classifier.Prediction, _ withProbabilities: Bool) -> [String] {
        ["\(row)", prediction.label] + (withProbabilities ? prediction.probabilities.map { "\($0)" } : [])
    }

    private static func lines(_ header: [String], _ rows: [[String]]) -> String {
        ([header] + rows).map { $0.map(CSVTable.quoted).joined(separator: ",") + "\n" }.joined()
    }
}
