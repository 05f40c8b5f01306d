public import Datasets
import FileFormats

/// Predictions as the competition's leaderboard takes them: `row_id,label`, rows counted from 0, and on request a
/// column with each class's probability. Where there are prediction sets or abstention, their columns come last:
/// `prediction_set`, labels with semicolons between them, and `abstains`, `true` or `false`; empty where nothing can be promised.
public struct PredictionsCSV: Sendable {
    /// The file's content.
    public let text: String

    /// Lays out predictions in their order.
    public init(
        _ predictions: [Prediction], classNames: [String], withProbabilities: Bool = false,
        uncertainty: UncertaintySettings = UncertaintySettings()
    ) {
        text = Self.lines(
            Self.header(classNames, withProbabilities) + uncertainty.columns,
            predictions.enumerated().map { Self.fields($0, $1, withProbabilities) + uncertainty.fields($1) })
    }

    /// Lays out predictions of files in their order. More columns follow: for each modality, such as `image_alone`, the label
    /// that it would get alone, empty where it is absent; and `disagree`, `true` or `false`.
    public init(
        _ predictions: [MediaPrediction], modalities: [Modality], classNames: [String], withProbabilities: Bool = false,
        uncertainty: UncertaintySettings = UncertaintySettings()
    ) {
        text = Self.lines(
            Self.header(classNames, withProbabilities) + modalities.map { "\($0)_alone" } + ["disagree"]
                + uncertainty.columns,
            predictions.enumerated().map { row, prediction in
                Self.fields(row, prediction.predictions.all, withProbabilities)
                    + modalities.map { prediction.predictions[$0.name]?.label ?? "" } + ["\(prediction.disagree)"]
                    + uncertainty.fields(prediction.predictions.all)
            })
    }

    private static func header(_ classNames: [String], _ withProbabilities: Bool) -> [String] {
        ["row_id", "label"] + (withProbabilities ? classNames.map { "probability_\($0)" } : [])
    }

    private static func fields(_ row: Int, _ prediction: Prediction, _ withProbabilities: Bool) -> [String] {
        ["\(row)", prediction.label] + (withProbabilities ? prediction.probabilities.map { "\($0)" } : [])
    }

    private static func lines(_ header: [String], _ rows: [[String]]) -> String {
        ([header] + rows).map { $0.map(CSVTable.quoted).joined(separator: ",") + "\n" }.joined()
    }
}

extension UncertaintySettings {
    fileprivate var columns: [String] {
        (coverage == nil ? [] : ["prediction_set"]) + (abstention == nil ? [] : ["abstains"])
            + (outOfDistribution == nil ? [] : ["out_of_distribution_score", "out_of_distribution"])
    }

    fileprivate func fields(_ prediction: Prediction) -> [String] {
        (coverage == nil ? [] : [prediction.predictionSet?.joined(separator: ";") ?? ""])
            + (abstention == nil ? [] : [prediction.abstains?.description ?? ""])
            + (outOfDistribution == nil
                ? []
                : [
                    prediction.outOfDistributionScore?.description ?? "",
                    prediction.isOutOfDistribution?.description ?? "",
                ])
    }
}
