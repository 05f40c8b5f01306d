/// How well a model does as one modality gets noisier and the other stays clean.
///
/// Image noise is Gaussian, added to the pixels, which stay within black and white. Audio noise is Gaussian too, and added
/// to the normalized features, because a dataset holds no waveforms: its power follows from the mean square of each pair's
/// own features.
public struct Robustness: Codable, Equatable, Sendable {
    /// The accuracies at one strength of the noise, in the words of `Evaluation`.
    public struct Level: Codable, Equatable, Sendable {
        /// The strength in `Robustness.unit`; nil for the clean pairs.
        public let level: Double?
        /// The share of pairs classified correctly from both modalities, one of them noisy; 0 to 1.
        public let accuracy: Double
        /// Its 95 % interval (Wilson).
        public let accuracyInterval: WilsonInterval
        /// The accuracy with the audio absent.
        public let imageOnlyAccuracy: Double
        /// Its 95 % interval.
        public let imageOnlyInterval: WilsonInterval
        /// The accuracy with the image absent.
        public let audioOnlyAccuracy: Double
        /// Its 95 % interval.
        public let audioOnlyInterval: WilsonInterval
    }

    /// What a level's number means.
    public enum Unit: String, Codable, Sendable {
        /// The noise's standard deviation where black is 0 and white 1.
        case pixelDeviation = "standard deviation of the noise on pixels from 0 to 1"
        /// 10 log₁₀ of the mean square of a pair's normalized features over that of the noise.
        case featureDecibels = "signal-to-noise ratio of the normalized features in dB"
    }

    /// The noisy modality.
    public let modality: Modality
    /// What the levels' numbers mean.
    public let unit: Unit
    /// What the noise was drawn with.
    public let seed: UInt64
    /// The clean pairs first, then each level in the order asked for.
    public let levels: [Level]

    init(_ modality: Modality, seed: UInt64, levels: [Level]) {
        self.modality = modality
        unit = modality == .image ? .pixelDeviation : .featureDecibels
        self.seed = seed
        self.levels = levels
    }
}

extension Robustness.Level {
    /// What an evaluation without noise says.
    init(clean evaluation: Evaluation) {
        self.init(
            level: nil, accuracy: evaluation.accuracy, accuracyInterval: evaluation.accuracyInterval,
            imageOnlyAccuracy: evaluation.imageOnlyAccuracy, imageOnlyInterval: evaluation.imageOnlyInterval,
            audioOnlyAccuracy: evaluation.audioOnlyAccuracy, audioOnlyInterval: evaluation.audioOnlyInterval)
    }

    /// What each table of probabilities says against the true classes.
    init(level: Double, _ opinions: Predictor.Opinions, truth: [Int]) {
        let fused = Share(opinions.fused.areCorrect(truth))
        let (imageOnly, audioOnly) = (
            Share(opinions.imageOnly.areCorrect(truth)), Share(opinions.audioOnly.areCorrect(truth))
        )
        self.init(
            level: level, accuracy: fused.accuracy, accuracyInterval: fused.interval,
            imageOnlyAccuracy: imageOnly.accuracy, imageOnlyInterval: imageOnly.interval,
            audioOnlyAccuracy: audioOnly.accuracy, audioOnlyInterval: audioOnly.interval)
    }
}
