import Datasets
import Duet
import Foundation

/// One of the worst mistakes: the example, its predictions, and what they rest on.
public struct GalleryItem: Codable, Sendable {
    /// What is predicted from some of the modalities.
    public struct Opinion: Codable, Sendable {
        /// The predicted class.
        public let predicted: Int
        /// Its probability.
        public let probability: Float
        /// The true class's probability.
        public let trueClassProbability: Float
    }

    /// The raw values of one modality.
    public struct Values: Codable, Sendable {
        /// Which modality.
        public let modality: Modality
        /// An image's height, width and channels; of audio, values and 1.
        public let shape: [Int]
        /// Pixels from 0 to 255, rows from the top, channels fastest; or audio features, frame after frame.
        public let values: [Float]
    }

    /// The example's row in the dataset.
    public let row: Int
    /// Its true class.
    public let label: Int
    /// The predictions from all modalities and from each alone.
    public let opinions: Ablations<Opinion>
    /// What was looked at and listened to, in the order of the dataset's columns.
    public let values: [Values]
    /// Which places counted.
    public let attribution: Attribution
    /// The recording, where it is known.
    public let waveform: URL?

    init(
        _ position: Int, _ predictions: EvaluatedPredictions, _ dataset: Dataset, _ attribution: Attribution,
        waveform: URL?
    ) throws {
        let label = predictions.labels[position]
        let row = predictions.rows[position]
        func opinion(_ ablation: Ablation) -> Opinion {
            let probabilities = Array(predictions.probabilities(ablation, at: position))
            let predicted = predictions.predicted(ablation, at: position)
            return Opinion(
                predicted: predicted, probability: probabilities[predicted], trueClassProbability: probabilities[label])
        }
        self.row = row
        self.label = label
        opinions = Ablations(
            all: opinion(.all),
            alone: predictions.probabilities.alone.map { ($0.modality, opinion(.alone($0.modality))) })
        values = try dataset.columns.filter { attribution[$0.modality.name] != nil }.map {
            Values(modality: $0.modality, shape: $0.shape, values: try $0[row])
        }
        self.attribution = attribution
        self.waveform = waveform
    }
}
