import CFeatureKernels
import Foundation

/// Turns sounds into mel-frequency cepstral coefficients, within 1e-3 of Python's `python_speech_features.mfcc` or, where the
/// settings name that convention, of `torchaudio.transforms.MFCC`.
///
/// The sound is cut into frames; each frame's power spectrum is summed into mel bands, and the bands' logarithms are turned
/// into cepstral coefficients (Davis and Mermelstein, 1980). Eight or sixteen frames are computed at once. The memory for that is kept
/// between calls, so an extractor belongs to one thread at a time.
public final class MFCC {
    /// How the coefficients are computed.
    public let settings: MFCCSettings

    private let framing: SoundFraming
    private let window: [Float]
    /// cos and −sin of 2π index / size, in turn, for each index below the transform's size.
    private let turns: [Float]
    private let filterbank: MelFilterbank
    private let logarithm: BandLogarithm
    /// The liftered cosine transform: a row of `filters` values for each coefficient.
    private let cosines: [Float]
    /// The energies of all frames: for each round of `lanes` frames, a value of each band and one of the whole spectrum.
    private var energies: [Float] = []
    /// What the kernels work in.
    private var memory: [Float] = []

    private static let lanes = kernel_mel_lanes()

    /// An extractor for the given settings.
    ///
    /// - Throws: `MediaError`, when a setting is out of range.
    public init(_ settings: MFCCSettings = MFCCSettings()) throws {
        try settings.check()
        self.settings = settings
        framing = SoundFraming(settings)
        window = FrameWindow.values(settings)
        turns = (0..<settings.fftSize).flatMap { index in
            let angle = -2 * .pi * Double(index) / Double(settings.fftSize)
            return [Float(cos(angle)), Float(sin(angle))]
        }
        filterbank = MelFilterbank(settings)
        logarithm = BandLogarithm(settings.convention)
        cosines = Self.cosines(settings).map(Float.init)
    }

    /// How many frames a sound of so many samples has. The last one may reach beyond the end.
    public func frames(forSamples samples: Int) -> Int { framing.frames(forSamples: samples) }

    /// How many samples fill so many frames: the longest sound that has no more.
    public func samples(forFrames frames: Int) -> Int { samples(forFrames: frames, tempo: 1) }

    /// How many samples fill so many frames of a sound that is taken to be spoken faster.
    func samples(forFrames frames: Int, tempo: Double) -> Int { framing(tempo).samples(forFrames: frames) }

    /// How many frames a sound of so many seconds has.
    public func frames(forSeconds seconds: Double) -> Int {
        frames(forSamples: Int(settings.samples(in: seconds)))
    }

    /// The coefficients of a sound.
    ///
    /// - Parameter samples: the sound at `settings.sampleRate`, finite values from −1 to 1.
    /// - Returns: `frames(forSamples:) × coefficients` values, frame by frame.
    public func features(of samples: [Float]) -> [Float] {
        let count = frames(forSamples: samples.count) * settings.coefficients
        return [Float](unsafeUninitializedCapacity: count) { features, initialized in
            write(samples, to: features, stride: settings.coefficients)
            initialized = count
        }
    }

    /// Writes the coefficients of a sound.
    ///
    /// - Parameters:
    ///   - samples: the sound at `settings.sampleRate`, finite values from −1 to 1.
    ///   - tempo: how many times as fast the sound is taken to be spoken, at the same pitch: the step from frame to frame is that much longer.
    ///   - vocalTract: the factor for the mel filters' frequencies, see `VocalTract`.
    ///   - target: room for all frames, as many as `frames(forSamples:tempo:)` says.
    ///   - stride: from a frame's first coefficient to that of the next, at least `settings.coefficients`.
    /// - Returns: the number of frames.
    @discardableResult
    func write(
        _ samples: [Float], tempo: Double = 1, vocalTract: Double = 1, to target: UnsafeMutableBufferPointer<Float>,
        stride: Int
    ) -> Int {
        let filterbank = vocalTract == 1 ? filterbank : MelFilterbank(settings, vocalTract: vocalTract)
        let frames = computeEnergies(of: samples, tempo: tempo, filterbank)
        guard frames > 0 else { return 0 }
        energies.withUnsafeMutableBufferPointer { energies in
            kernel_cepstrum(
                energies.baseAddress, frames, settings.filters, logarithm.kernel, cosines, settings.coefficients,
                settings.appendsEnergy, target.baseAddress, stride)
        }
        return frames
    }

    /// The energies of a sound's mel bands.
    ///
    /// - Parameter samples: the sound at `settings.sampleRate`, finite values from −1 to 1.
    /// - Returns: `frames(forSamples:) × filters` values, frame by frame.
    func bandEnergies(of samples: [Float]) -> [Float] {
        let (frames, bands) = (computeEnergies(of: samples, tempo: 1, filterbank), settings.filters)
        var result = [Float](repeating: 0, count: frames * bands)
        for frame in 0..<frames {
            let (round, lane) = frame.quotientAndRemainder(dividingBy: Self.lanes)
            for band in 0..<bands {
                result[frame * bands + band] = energies[(round * (bands + 1) + band) * Self.lanes + lane]
            }
        }
        return result
    }

    /// Writes `energies`.
    /// - Returns: the number of frames.
    private func computeEnergies(of samples: [Float], tempo: Double, _ filterbank: MelFilterbank) -> Int {
        let framing = framing(tempo)
        let frames = framing.frames(forSamples: samples.count)
        guard frames > 0 else { return 0 }
        let rounds = (frames + Self.lanes - 1) / Self.lanes
        let sound = framing.prepared(samples, frames: rounds * Self.lanes)
        let count = rounds * (settings.filters + 1) * Self.lanes
        if energies.count < count { energies = [Float](repeating: 0, count: count) }
        window.withUnsafeBufferPointer { window in
            turns.withUnsafeBufferPointer { turns in
                filterbank.filters.withUnsafeBufferPointer { filters in
                    filterbank.weights.withUnsafeBufferPointer { weights in
                        var plan = kernel_mel_plan(
                            points: settings.fftSize, window: window.baseAddress, window_length: window.count,
                            step: framing.step, turns: turns.baseAddress, power_scale: settings.powerScale,
                            bands: settings.filters, filters: filters.baseAddress, weights: weights.baseAddress)
                        let needed = kernel_mel_memory(&plan)
                        if memory.count < needed { memory = [Float](repeating: 0, count: needed) }
                        kernel_mel_energies(&plan, sound, rounds, &memory, &energies)
                    }
                }
            }
        }
        return frames
    }

    private func framing(_ tempo: Double) -> SoundFraming {
        tempo == 1 ? framing : SoundFraming(settings, tempo: tempo)
    }

    /// SciPy's `dct(type=2, norm='ortho')` as a matrix, each row raised by the lifter.
    static func cosines(_ settings: MFCCSettings) -> [Double] {
        let bands = Double(settings.filters)
        return (0..<settings.coefficients).flatMap { row in
            let norm = ((row == 0 ? 1 : 2) / bands).squareRoot()
            let lifter = Double(settings.lifter)
            let lift = lifter > 0 ? 1 + lifter / 2 * sin(.pi * Double(row) / lifter) : 1
            return (0..<settings.filters).map { lift * norm * cos(.pi * Double(row) * (Double($0) + 0.5) / bands) }
        }
    }
}
