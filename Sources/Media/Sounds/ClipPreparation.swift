/// What was done to a clip so that it has the rate and the length of a model's clips.
public struct ClipPreparation: Codable, Hashable, Sendable {
    /// How the clip's length became the model's.
    public enum Fit: String, Codable, Sendable, CaseIterable {
        /// It was longer: its loudest stretch was kept.
        case cut
        /// It was shorter: frames of zeros were put behind.
        case padded
        /// It fills the model's frames as it is.
        case whole
    }

    /// The clip's own samples per second.
    public let sampleRate: Int
    /// The clip's own length.
    public let seconds: Double
    /// The model's samples per second; where the clip has another rate, it was resampled.
    public let modelSampleRate: Int
    /// The length of the model's clips: from the start of the first frame to the end of the last.
    public let modelSeconds: Double
    /// How the one length became the other.
    public let fit: Fit
}

extension AudioFeatures {
    /// What `values(of:)` does to a clip.
    public func preparation(of clip: AudioClip) -> ClipPreparation {
        let (rate, count) = (settings.mfcc.sampleRate, clip.sampleCount(at: settings.mfcc.sampleRate))
        let fit: ClipPreparation.Fit =
            count > clipLength ? .cut : mfcc.frames(forSamples: count) < settings.frames ? .padded : .whole
        return ClipPreparation(
            sampleRate: clip.sampleRate, seconds: Double(clip.samples.count) / Double(clip.sampleRate),
            modelSampleRate: rate, modelSeconds: Double(clipLength) / Double(rate), fit: fit)
    }
}
