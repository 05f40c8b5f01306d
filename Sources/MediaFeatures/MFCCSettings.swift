/// How a sound becomes mel-frequency cepstral coefficients (MFCCs). The defaults are those of the paper's dataset.
///
/// They mean what the parameters of Python's `python_speech_features.mfcc` mean; the comments name those.
public struct MFCCSettings: Codable, Hashable, Sendable {
    /// What each frame is multiplied with before its spectrum is taken; NumPy's functions of these names.
    public enum Window: String, Codable, Hashable, Sendable, CaseIterable {
        /// Every sample counts fully.
        case rectangular
        /// A raised cosine from 0.08 to 1.
        case hamming
        /// A raised cosine from 0 to 1.
        case hann
    }

    /// Samples per second of the sound, 1,000 to 384,000 (`samplerate`).
    public var sampleRate = 16_000
    /// A frame's length (`winlen`); at most `fftSize` samples.
    public var windowSeconds = 0.05
    /// From one frame's start to the next (`winstep`).
    public var stepSeconds = 0.025
    /// Values per frame, 1 to `filters` (`numcep`).
    public var coefficients = 13
    /// Mel filters (`nfilt`).
    public var filters = 26
    /// Points of the Fourier transform, an even number up to 65,536; a frame is padded with zeros to it (`nfft`).
    public var fftSize = 1024
    /// The first filter's lower edge in Hz (`lowfreq`).
    public var lowFrequency = 0.0
    /// The last filter's upper edge in Hz; half the sample rate where it is not given (`highfreq`).
    public var highFrequency: Double?
    /// How much of the sample before is subtracted from each sample, 0 to 1; 0 for none (`preemph`).
    public var preemphasis = 0.97
    /// How strongly the higher coefficients are raised; 0 for not at all (`ceplifter`).
    public var lifter = 22
    /// Whether the logarithm of the frame's energy takes the first coefficient's place (`appendEnergy`).
    public var appendsEnergy = true
    /// What each frame is multiplied with (`winfunc`).
    public var window = Window.rectangular

    /// The paper's settings: 39 frames of 13 values for one second at 16 kHz.
    public init() {}
}

extension MFCCSettings {
    /// The last filter's upper edge in Hz.
    var upperFrequency: Double { highFrequency ?? Double(sampleRate) / 2 }

    /// Throws what a user needs to know about the first setting that cannot be.
    func check() throws {
        func require(_ holds: Bool, _ name: String, _ value: Any, _ expected: String) throws {
            guard holds else {
                throw MediaError(.badData, "MFCC setting \(name) is \(value); expected \(expected)")
            }
        }
        try require(AudioLimits.sampleRates.contains(sampleRate), "sampleRate", sampleRate, "1000 to 384000")
        try require(
            (4...65_536).contains(fftSize) && fftSize.nonzeroBitCount == 1, "fftSize", fftSize,
            "a power of two, 4 to 65536")
        // Compared as numbers of samples before any of them becomes an Int, which huge values or NaN would not survive.
        let (windowLength, stepLength) = (samples(in: windowSeconds), samples(in: stepSeconds))
        try require(
            windowLength >= 1 && windowLength <= Double(fftSize), "windowSeconds", windowSeconds,
            "1 to \(fftSize) samples (fftSize) at \(sampleRate) Hz")
        try require(
            stepLength >= 1 && stepLength <= Double(sampleRate), "stepSeconds", stepSeconds,
            "at least one sample and at most a second")
        try require((1...fftSize).contains(filters), "filters", filters, "1 to fftSize, \(fftSize)")
        try require((1...filters).contains(coefficients), "coefficients", coefficients, "1 to filters, \(filters)")
        try require(
            lowFrequency >= 0 && lowFrequency < upperFrequency, "lowFrequency", lowFrequency,
            "0 Hz to below highFrequency, \(upperFrequency) Hz")
        try require(
            upperFrequency <= Double(sampleRate) / 2, "highFrequency", upperFrequency,
            "at most half the sample rate, \(Double(sampleRate) / 2) Hz")
        try require((0...1).contains(preemphasis), "preemphasis", preemphasis, "0 to 1")
        try require((0...1000).contains(lifter), "lifter", lifter, "0 to 1000")
    }

    /// The whole number of samples nearest to a time, halves rounded up as `python_speech_features` does.
    func samples(in seconds: Double) -> Double {
        (seconds * Double(sampleRate)).rounded(.toNearestOrAwayFromZero)
    }
}

extension MFCCSettings {
    /// Settings that are not given keep their defaults, so that a file need only name what differs.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ setting: inout Value, _ key: CodingKeys) throws {
            setting = try values.decodeIfPresent(Value.self, forKey: key) ?? setting
        }
        self.init()
        try read(&sampleRate, .sampleRate)
        try read(&windowSeconds, .windowSeconds)
        try read(&stepSeconds, .stepSeconds)
        try read(&coefficients, .coefficients)
        try read(&filters, .filters)
        try read(&fftSize, .fftSize)
        try read(&lowFrequency, .lowFrequency)
        highFrequency = try values.decodeIfPresent(Double.self, forKey: .highFrequency)
        try read(&preemphasis, .preemphasis)
        try read(&lifter, .lifter)
        try read(&appendsEnergy, .appendsEnergy)
        try read(&window, .window)
    }
}
