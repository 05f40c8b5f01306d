public import Datasets

/// How well a model does as one modality gets noisier and the others stay clean.
///
/// Image noise is Gaussian, added to the pixels, which stay within black and white. Audio noise is Gaussian too, and added
/// to the normalized features, because a dataset holds no waveforms: its power follows from the mean square of each
/// example's own features.
public struct Robustness: Codable, Equatable, Sendable {
    /// The accuracies at one strength of the noise.
    public struct Level: Codable, Equatable, Sendable {
        /// The strength in `Robustness.unit`; nil for the clean examples.
        public let level: Double?
        /// The accuracy from all modalities, one of them noisy, and from each alone.
        public let accuracies: Ablations<Accuracy>
    }

    /// What a level's number means.
    public enum Unit: String, Codable, Sendable {
        /// The noise's standard deviation where black is 0 and white 1.
        case pixelDeviation = "standard deviation of the noise on pixels from 0 to 1"
        /// 10 log₁₀ of the mean square of an example's normalized features over that of the noise.
        case featureDecibels = "signal-to-noise ratio of the normalized features in dB"
    }

    /// The noisy modality.
    public let modality: Modality
    /// What the levels' numbers mean.
    public let unit: Unit
    /// What the noise was drawn with.
    public let seed: UInt64
    /// The clean examples first, then each level in the order asked for.
    public let levels: [Level]

    init(_ modality: Modality, seed: UInt64, levels: [Level]) {
        self.modality = modality
        unit = modality.kind == .image ? .pixelDeviation : .featureDecibels
        self.seed = seed
        self.levels = levels
    }
}
