import Foundation
public import Media

/// The prediction for one example: a probability for each class.
public struct Prediction: Codable, Equatable, Sendable {
    /// The most probable class, from 0; the first of equal ones.
    public let classIndex: Int
    /// Its name.
    public let label: String
    /// Each class's probability, in the order of the model's classes; they sum to one.
    public let probabilities: [Float]
    /// The most probable class's probability.
    public let probability: Float
    /// The labels of the prediction set, the likeliest first; nil where no coverage was asked for, or none can be promised.
    public let predictionSet: [String]?
    /// Whether the model abstains, being too uncertain or having nothing to go by, such as a recording without a voice; nil where it was
    /// not asked.
    public let abstains: Bool?
    /// The out-of-distribution score: how many standard deviations of the validation examples the embedding is further away from the
    /// classes than those are on average. Nil where it was not asked for.
    public let outOfDistributionScore: Float?
    /// Whether the example is out of distribution, being of another kind than those that the model was trained on; nil where it was not
    /// asked.
    public let isOutOfDistribution: Bool?

    init(
        probabilities: [Float], classNames: [String], _ calibration: ConfidenceCalibration?,
        _ uncertainty: UncertaintySettings, outOfDistributionScore: Float? = nil, isEmpty: Bool = false
    ) {
        self.outOfDistributionScore = outOfDistributionScore
        isOutOfDistribution = uncertainty.outOfDistribution.flatMap { share in
            outOfDistributionScore.flatMap { calibration?.isOutOfDistribution(score: $0, share: share) }
        }
        predictionSet = uncertainty.coverage.flatMap { coverage in
            calibration?.predictionSet(of: probabilities, coverage: coverage).map { classNames[$0] }
        }
        abstains = uncertainty.abstention.flatMap { share in
            isEmpty ? true : calibration?.abstains(on: probabilities, share: share)
        }
        classIndex = probabilities.argmax
        label = classNames[classIndex]
        self.probabilities = probabilities
        probability = probabilities[classIndex]
    }
}

/// The prediction for an example that was made of files or of media in memory, and how it came about.
public struct MediaPrediction: Codable, Equatable, Sendable {
    /// The model's prediction from every modality that is present, and from each of them alone.
    public let predictions: Ablations<Prediction>
    /// Whether the modalities that are present, each alone, are predicted as different classes.
    public let disagree: Bool
    /// How each modality's values were made.
    public let preparations: [String: MediaPreparation]
}

/// How a file became the values that a model takes.
public enum MediaPreparation: Codable, Equatable, Sendable {
    /// An image's preparation.
    case image(ImagePreparation)
    /// A recording's preparation.
    case audio(ClipPreparation)

    /// How a picture became an image of the model's size.
    public struct ImagePreparation: Codable, Hashable, Sendable {
        /// The picture's own columns.
        public let width: Int
        /// The picture's own rows.
        public let height: Int
        /// Columns of the model's images.
        public let modelWidth: Int
        /// Rows of the model's images.
        public let modelHeight: Int
        /// What it was prepared as.
        public let preparation: PicturePreparation
        /// What that did, where it was prepared as a digit.
        public let digit: DigitPreparation?
    }

    /// Reads the object of one kind.
    public init(from decoder: any Decoder) throws {
        if let image = try? ImagePreparation(from: decoder) {
            self = .image(image)
        } else {
            self = .audio(try ClipPreparation(from: decoder))
        }
    }

    /// Writes the object, whose keys tell the kind.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .image(let image): try image.encode(to: encoder)
        case .audio(let clip): try clip.encode(to: encoder)
        }
    }
}

extension MediaPreparation {
    /// Whether it is a recording in which a voice was looked for and not found.
    package var isWithoutVoice: Bool {
        if case .audio(let clip) = self { clip.isWithoutVoice } else { false }
    }
}

extension Collection where Element: Comparable, Index == Int {
    /// The position of the largest element, from 0; the first of equal ones.
    package var argmax: Int {
        indices.reduce(startIndex) { self[$1] > self[$0] ? $1 : $0 } - startIndex
    }
}
