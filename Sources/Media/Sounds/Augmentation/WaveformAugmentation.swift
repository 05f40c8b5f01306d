/// How the waveforms of training examples are varied before their features are computed. What is 0 is not done.
///
/// The steps follow the way of a sound: the speaker (vocal tract, speed, tempo), the room (silence, reverberation, background
/// noise), the microphone and its amplifier (equalizer, gain, clipping), the line (telephone). Recordings of which there are
/// features only have the same done to the spectra that these stand for, as `SpectrumAugmenter` says.
public struct WaveformAugmentation: Hashable, Sendable {
    /// The share of examples whose waveforms stay as they were recorded, 0 to 1.
    public var clean = 0.0
    /// Another vocal tract at the same pitch: the frequencies of the mel filters are multiplied by 1 / (1 + this) to 1 + this
    /// (Jaitly & Hinton 2013). 0 to 0.5.
    public var vocalTract = 0.0
    /// Played faster or slower by up to this share, 0 to 1: pitch, formants and tempo together (Ko et al. 2015).
    public var speed = 0.0
    /// Spoken faster or slower by up to this share at the same pitch, 0 to 1: the hop length changes.
    public var tempo = 0.0
    /// The most seconds of silence before the clip, and after it, 0 to 10.
    public var silence = 0.0
    /// The share of examples that sound in a room, 0 to 1 (Ko et al. 2017).
    public var reverberation = 0.0
    /// The rooms' reverberation times, in seconds: how long a sound takes to fall by 60 dB (RT60). 0.02 to 5.
    public var reverberationTime: ClosedRange<Double> = 0.1...0.5
    /// The share of examples with background noise, 0 to 1: white, pink, a mains hum or the babble of other training examples.
    public var backgroundNoise = 0.0
    /// The ratio of the clip's mean power to the noise's, in dB: −20 to 100.
    public var snr: ClosedRange<Double> = 5...30
    /// The most that a microphone's response raises or lowers a frequency, in dB, 0 to 30.
    public var equalizer = 0.0
    /// Louder or softer by up to so many dB, 0 to 60.
    public var gain = 0.0
    /// The share of examples that are clipped, 0 to 1: the amplifier's limit is 0.2 to 0.9 of the clip's peak.
    public var clipping = 0.0
    /// The share of examples that come over a telephone, 0 to 1: 300 to 3,400 Hz, 8 bits of µ-law at 8 kHz.
    public var telephone = 0.0

    /// No augmentation.
    public init() {}

    /// A little of everything, for speakers, rooms and microphones that are not among the training examples; `docs/data.md` has what it is
    /// worth.
    public static let speech: WaveformAugmentation = {
        var speech = WaveformAugmentation()
        (speech.clean, speech.vocalTract, speech.speed, speech.tempo, speech.silence) = (0.1, 0.1, 0.1, 0.2, 0.05)
        (speech.reverberation, speech.backgroundNoise, speech.snr) = (0.2, 0.5, 10...30)
        (speech.equalizer, speech.gain, speech.clipping, speech.telephone) = (6, 6, 0.05, 0.05)
        return speech
    }()

    /// Whether nothing is done, whatever the ranges.
    public var isEmpty: Bool {
        [vocalTract, speed, tempo, silence, reverberation, backgroundNoise, equalizer, gain, clipping, telephone]
            .allSatisfy { $0 == 0 }
    }

    /// Each setting, a range by its ends, with what it may be.
    private var ranges: [(key: CodingKeys, values: [Double], expected: ClosedRange<Double>)] {
        [
            (.clean, [clean], 0...1), (.vocalTract, [vocalTract], 0...0.5), (.speed, [speed], 0...1),
            (.tempo, [tempo], 0...1), (.silence, [silence], 0...10), (.reverberation, [reverberation], 0...1),
            (.reverberationTime, [reverberationTime.lowerBound, reverberationTime.upperBound], 0.02...5),
            (.backgroundNoise, [backgroundNoise], 0...1), (.snr, [snr.lowerBound, snr.upperBound], -20...100),
            (.equalizer, [equalizer], 0...30), (.gain, [gain], 0...60), (.clipping, [clipping], 0...1),
            (.telephone, [telephone], 0...1),
        ]
    }

    /// The first setting that is out of range: its name in files, its value and what is expected; nil if there is none.
    public var problem: (setting: String, value: String, expected: String)? {
        guard let (key, values, range) = ranges.first(where: { !$0.values.allSatisfy($0.expected.contains) }) else {
            return nil
        }
        let value = values.count == 1 ? "\(values[0])" : "\(values)"
        return (key.rawValue, value, "from \(range.lowerBound) to \(range.upperBound)")
    }

    /// The names in files of the settings that are not the defaults.
    public var changedSettings: [String] {
        zip(ranges, WaveformAugmentation().ranges).filter { $0.values != $1.values }.map(\.0.key.rawValue)
    }
}

extension WaveformAugmentation: Codable {
    /// The settings' names in files.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        /// As the properties.
        case clean, speed, tempo, silence, reverberation, snr, equalizer, gain, clipping, telephone
        /// `vocal_tract`.
        case vocalTract = "vocal_tract"
        /// `reverberation_time`.
        case reverberationTime = "reverberation_time"
        /// `background_noise`.
        case backgroundNoise = "background_noise"
    }

    /// Reads the settings; any may be absent.
    public init(from decoder: any Decoder) throws {
        let settings = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        func read<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
            if let given = try settings.decodeIfPresent(Value.self, forKey: key) { value = given }
        }
        try read(.clean, into: &clean)
        try read(.vocalTract, into: &vocalTract)
        try read(.speed, into: &speed)
        try read(.tempo, into: &tempo)
        try read(.silence, into: &silence)
        try read(.reverberation, into: &reverberation)
        try read(.reverberationTime, into: &reverberationTime)
        try read(.backgroundNoise, into: &backgroundNoise)
        try read(.snr, into: &snr)
        try read(.equalizer, into: &equalizer)
        try read(.gain, into: &gain)
        try read(.clipping, into: &clipping)
        try read(.telephone, into: &telephone)
    }
}
