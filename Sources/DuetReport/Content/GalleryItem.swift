package import Datasets
package import Duet
package import Foundation

/// One of the worst mistakes: the example, its predictions, and what they rest on.
package struct GalleryItem: Codable, Sendable {
    /// What is predicted from some of the modalities.
    package struct Outcome: Codable, Sendable {
        /// The predicted class.
        package let predicted: Int
        /// Its probability.
        package let probability: Float
        /// The true class's probability.
        package let trueClassProbability: Float
    }

    /// The raw values of one modality.
    package struct Values: Codable, Sendable {
        /// Which modality.
        package let modality: Modality
        /// An image's height, width and channels; of audio, values and 1.
        package let shape: [Int]
        /// Pixels from 0 to 255, rows from the top, channels fastest; or audio features, frame after frame.
        package let values: [Float]
    }

    /// The example's row in the dataset.
    package let row: Int
    /// Its true class.
    package let label: Int
    /// The predictions from all modalities and from each alone.
    package let outcomes: Ablations<Outcome>
    /// What was looked at and listened to, in the order of the dataset's columns.
    package let values: [Values]
    /// Which places counted.
    package let attribution: Attribution
    /// The recording, where it is known.
    package let waveform: URL?

    init(
        _ position: Int, _ predictions: EvaluatedPredictions, _ dataset: Dataset, _ attribution: Attribution,
        waveform: URL?
    ) throws {
        let label = predictions.labels[position]
        let row = predictions.rows[position]
        func outcome(_ ablation: Ablation) -> Outcome {
            let probabilities = Array(predictions.probabilities(ablation, at: position))
            let predicted = predictions.predicted(ablation, at: position)
            return Outcome(
                predicted: predicted, probability: probabilities[predicted], trueClassProbability: probabilities[label])
        }
        self.row = row
        self.label = label
        outcomes = Ablations(
            all: outcome(.all),
            alone: predictions.probabilities.alone.map { ($0.modality, outcome(.alone($0.modality))) })
        values = try dataset.columns.filter { attribution[$0.modality.name] != nil }.map {
            Values(modality: $0.modality, shape: $0.shape, values: try $0[row])
        }
        self.attribution = attribution
        self.waveform = waveform
    }
}
