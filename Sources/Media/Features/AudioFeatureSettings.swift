/// How a clip becomes audio features: all that must be the same in training and in prediction.
public struct AudioFeatureSettings: Codable, Hashable, Sendable {
    /// How the coefficients of each frame are computed.
    public var mfcc = MFCCSettings()
    /// Frames per clip. A shorter clip gets frames of zeros behind; of a longer one the loudest stretch is kept.
    public var frames = 39
    /// Whether only the part of a clip with the voice is kept: what is quiet before and behind is cut off. A clip without a voice is taken
    /// as it is.
    public var trimsSilence = false
    /// Whether each coefficient's mean over the clip's own frames is subtracted. It takes out what stays the same over a clip,
    /// such as loudness, microphone and some of the speaker (cepstral mean normalization; Atal, 1974).
    public var normalizesMean = false
    /// How many rounds of differences along time follow the coefficients in each frame: 0 for none, 1 for how they change,
    /// 2 for how that changes too (Furui, 1986).
    public var deltas = 0

    /// The paper's settings: 39 frames of 13 coefficients, 507 values.
    public init() {}

    /// Values per frame.
    public var valuesPerFrame: Int { mfcc.coefficients * (1 + deltas) }
    /// Values per clip.
    public var valuesPerClip: Int { frames * valuesPerFrame }

    /// Throws what a user needs to know about the first setting that cannot be.
    func check() throws {
        try mfcc.check()
        guard (1...10_000).contains(frames) else {
            throw MediaError(.badData, "the audio setting frames is \(frames); expected 1 to 10000")
        }
        guard (0...2).contains(deltas) else {
            throw MediaError(.badData, "the audio setting deltas is \(deltas); expected 0, 1 or 2")
        }
    }
}

extension AudioFeatureSettings {
    /// Settings that are not given keep their defaults, so that a file need only name what differs.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        mfcc = try values.decodeIfPresent(MFCCSettings.self, forKey: .mfcc) ?? mfcc
        frames = try values.decodeIfPresent(Int.self, forKey: .frames) ?? frames
        trimsSilence = try values.decodeIfPresent(Bool.self, forKey: .trimsSilence) ?? trimsSilence
        normalizesMean = try values.decodeIfPresent(Bool.self, forKey: .normalizesMean) ?? normalizesMean
        deltas = try values.decodeIfPresent(Int.self, forKey: .deltas) ?? deltas
    }
}

extension AudioFeatureSettings {
    /// Settings that tell words apart whoever speaks them; measured in `docs/data.md`.
    public static let speech: AudioFeatureSettings = {
        var settings = AudioFeatureSettings()
        settings.mfcc.sampleRate = 8_000
        settings.mfcc.windowSeconds = 0.025
        settings.mfcc.stepSeconds = 0.0125
        settings.mfcc.fftSize = 256
        settings.mfcc.window = .hamming
        settings.normalizesMean = true
        settings.deltas = 2
        settings.frames = 79
        return settings
    }()
}
