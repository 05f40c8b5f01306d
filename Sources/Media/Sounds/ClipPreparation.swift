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
    /// How the one length became the other; where silence was trimmed, that of the voice.
    public let fit: Fit
    /// Whether the voice was looked for, to trim the silence around it.
    public let isTrimmed: Bool
    /// Where the voice begins and ends, in seconds; nil where it was not looked for, or there is none.
    public let voice: [Double]?

    /// Whether a voice was looked for and not found.
    public var isWithoutVoice: Bool { isTrimmed && voice == nil }
}

extension AudioFeatures {
    /// What `values(of:)` does to a clip.
    /// - Parameter clip: the sound, at any rate.
    /// - Returns: how it gets the rate and the length of a model's clips.
    /// - Throws: `MediaError`, when the clip cannot be resampled.
    public func preparation(of clip: AudioClip) throws -> ClipPreparation {
        try valuesAndPreparation(of: clip).preparation
    }

    /// What is done to a clip that has so many samples at the settings' rate, and its voice there.
    func preparation(of clip: AudioClip, sampleCount: Int, voice: Range<Int>?) -> ClipPreparation {
        let rate = settings.mfcc.sampleRate
        let count = voice?.count ?? sampleCount
        let fit: ClipPreparation.Fit =
            count > clipLength ? .cut : mfcc.frames(forSamples: count) < settings.frames ? .padded : .whole
        return ClipPreparation(
            sampleRate: clip.sampleRate, seconds: Double(clip.samples.count) / Double(clip.sampleRate),
            modelSampleRate: rate, modelSeconds: Double(clipLength) / Double(rate), fit: fit,
            isTrimmed: settings.trimsSilence,
            voice: voice.map { [Double($0.lowerBound) / Double(rate), Double($0.upperBound) / Double(rate)] })
    }
}
