/// How a sound becomes mel-frequency cepstral coefficients (MFCCs). The defaults are those of the paper's dataset.
///
/// They mean what the parameters of Python's `python_speech_features.mfcc` mean; the comments name those. Where `convention` is
/// `torchaudio`, they mean what the parameters of `torchaudio.transforms.MFCC` mean, named after a semicolon.
public struct MFCCSettings: Codable, Hashable, Sendable {
    /// Whose MFCCs they are: libraries differ in more than their defaults.
    public enum Convention: String, Codable, Hashable, Sendable, CaseIterable {
        /// Samples are 16-bit integers; frames begin at the first sample and end in silence; filters' edges are whole points of the
        /// spectrum |X|² / N; logarithms are natural.
        case pythonSpeechFeatures = "python_speech_features"
        /// Samples are from −1 to 1; frames lie around every step of the sound, which is mirrored at its ends; filters' edges are
        /// exact; the spectrum is |X|²; levels are decibels, down to 80 below the loudest of the sound.
        case torchaudio
    }

    /// What each frame is multiplied with before its spectrum is taken. NumPy's functions of these names; PyTorch's, which are
    /// periodic, for torchaudio.
    public enum Window: String, Codable, Hashable, Sendable, CaseIterable {
        /// Every sample counts fully.
        case rectangular
        /// A raised cosine from 0.08 to 1.
        case hamming
        /// A raised cosine from 0 to 1.
        case hann
    }

    /// Whose MFCCs they are.
    public var convention = Convention.pythonSpeechFeatures
    /// Samples per second of the sound, 1,000 to 384,000 (`samplerate`; `sample_rate`).
    public var sampleRate = 16_000
    /// A frame's length (`winlen`; `win_length`); at most `fftSize` samples.
    public var windowSeconds = 0.05
    /// From one frame's start to the next (`winstep`; `hop_length`).
    public var stepSeconds = 0.025
    /// Values per frame, 1 to `filters` (`numcep`; `n_mfcc`).
    public var coefficients = 13
    /// Mel filters (`nfilt`; `n_mels`).
    public var filters = 26
    /// Points of the Fourier transform, an even number from 4 to 65,536 without prime factors above 7; a shorter window is
    /// padded with zeros to it (`nfft`; `n_fft`).
    public var fftSize = 1024
    /// The first filter's lower edge in Hz (`lowfreq`; `f_min`).
    public var lowFrequency = 0.0
    /// The last filter's upper edge in Hz; half the sample rate where it is not given (`highfreq`; `f_max`).
    public var highFrequency: Double?
    /// How much of the sample before is subtracted from each sample, 0 to 1; 0 for none (`preemph`; must be 0).
    public var preemphasis = 0.97
    /// How strongly the higher coefficients are raised; 0 for not at all (`ceplifter`; must be 0).
    public var lifter = 22
    /// Whether the logarithm of the frame's energy takes the first coefficient's place (`appendEnergy`; must be false).
    public var appendsEnergy = true
    /// What each frame is multiplied with (`winfunc`; `window_fn`).
    public var window = Window.rectangular

    /// The paper's settings: 39 frames of 13 values for one second at 16 kHz.
    public init() {}
}

extension MFCCSettings {
    /// The settings of `torchaudio.transforms.MFCC(sample_rate=sampleRate, n_mfcc=coefficients)`, with its defaults for the
    /// rest: 128 filters, a Hann window as long as the transform, and half of it from frame to frame.
    public static func torchaudio(
        sampleRate: Int = 16_000, coefficients: Int = 40, fftSize: Int = 400
    ) -> MFCCSettings {
        var settings = MFCCSettings()
        settings.convention = .torchaudio
        settings.sampleRate = sampleRate
        settings.windowSeconds = Double(fftSize) / Double(sampleRate)
        settings.stepSeconds = Double(fftSize / 2) / Double(sampleRate)
        settings.coefficients = coefficients
        settings.filters = 128
        settings.fftSize = fftSize
        settings.preemphasis = 0
        settings.lifter = 0
        settings.appendsEnergy = false
        settings.window = .hann
        return settings
    }
}

extension MFCCSettings {
    /// Settings that are not given have their convention's defaults, so that a file need only name what differs.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ setting: inout Value, _ key: CodingKeys) throws {
            setting = try values.decodeIfPresent(Value.self, forKey: key) ?? setting
        }
        switch try values.decodeIfPresent(Convention.self, forKey: .convention) ?? .pythonSpeechFeatures {
        case .pythonSpeechFeatures:
            self.init()
        case .torchaudio:
            self = .torchaudio(
                sampleRate: try values.decodeIfPresent(Int.self, forKey: .sampleRate) ?? 16_000,
                fftSize: try values.decodeIfPresent(Int.self, forKey: .fftSize) ?? 400)
        }
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
