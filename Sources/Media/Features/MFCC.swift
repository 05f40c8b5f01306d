import Foundation

/// Turns sounds into mel-frequency cepstral coefficients, within 1e-3 of Python's `python_speech_features.mfcc` or, where the
/// settings name that convention, of `torchaudio.transforms.MFCC`.
///
/// The sound is cut into frames; each frame's power spectrum is summed into mel bands, and the bands' logarithms are turned
/// into cepstral coefficients (Davis and Mermelstein, 1980). Four frames are computed at once. The memory for that is kept
/// between calls, so an extractor belongs to one thread at a time.
public final class MFCC {
    /// How the coefficients are computed.
    public let settings: MFCCSettings

    private let framing: SoundFraming
    private let window: [Float]
    private let transform: RealFourierTransform
    private let filterbank: MelFilterbank
    private let logarithm: BandLogarithm
    /// The liftered cosine transform: a row of `filters` values for each coefficient.
    private let cosines: [Float]
    /// The levels of all frames: for every four of them, a value for each band and the logarithm of the whole energy.
    private var levels: [RealFourierTransform.Lanes] = []

    private static let lanes = RealFourierTransform.Lanes.scalarCount

    /// An extractor for the given settings.
    ///
    /// - Throws: `MediaError`, when a setting is out of range.
    public init(_ settings: MFCCSettings = MFCCSettings()) throws {
        try settings.check()
        self.settings = settings
        framing = SoundFraming(settings)
        window = FrameWindow.values(settings)
        transform = RealFourierTransform(size: settings.fftSize, powerScale: settings.powerScale)
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
        levels.removeAll(keepingCapacity: true)
        let frames = forEachRound(of: samples, tempo: tempo) { _ in appendLevels(filterbank) }
        guard frames > 0 else { return 0 }
        raiseToFloor(frames: frames)
        for round in 0..<((frames + Self.lanes - 1) / Self.lanes) {
            writeCoefficients(of: round, frames: frames, to: target, stride: stride)
        }
        return frames
    }

    /// The energies of a sound's mel bands.
    ///
    /// - Parameter samples: the sound at `settings.sampleRate`, finite values from −1 to 1.
    /// - Returns: `frames(forSamples:) × filters` values, frame by frame.
    func bandEnergies(of samples: [Float]) -> [Float] {
        let bands = settings.filters
        var energies = [Float](repeating: 0, count: frames(forSamples: samples.count) * bands)
        forEachRound(of: samples, tempo: 1) { round in
            for band in 0..<bands {
                let energy = filterbank.energy(inBand: band, of: transform.power)
                for lane in 0..<Self.lanes {
                    let index = (round * Self.lanes + lane) * bands + band
                    if index < energies.count { energies[index] = energy[lane] }
                }
            }
        }
        return energies
    }

    /// Computes the power spectra of a sound's frames, four at a time, and tells after each four, with their number from 0 on.
    /// - Returns: the number of frames.
    @discardableResult
    private func forEachRound(of samples: [Float], tempo: Double, _ body: (_ round: Int) -> Void) -> Int {
        let framing = framing(tempo)
        let frames = framing.frames(forSamples: samples.count)
        guard frames > 0 else { return 0 }
        let rounds = (frames + Self.lanes - 1) / Self.lanes
        let sound = framing.prepared(samples, frames: rounds * Self.lanes)
        for round in 0..<rounds {
            load(sound, from: round * Self.lanes * framing.step, step: framing.step)
            transform.run()
            body(round)
        }
        return frames
    }

    private func framing(_ tempo: Double) -> SoundFraming {
        tempo == 1 ? framing : SoundFraming(settings, tempo: tempo)
    }

    /// Puts four frames into the transform, the first of which begins at a sample; zeros follow them up to the
    /// transform's size.
    private func load(_ samples: [Float], from start: Int, step: Int) {
        let frames = transform.frames
        samples.withUnsafeBufferPointer { samples in
            for index in window.indices {
                let first = start + index
                frames[index] =
                    window[index]
                    * RealFourierTransform.Lanes(
                        samples[first], samples[first + step], samples[first + 2 * step], samples[first + 3 * step])
            }
        }
    }

    private func appendLevels(_ filterbank: MelFilterbank) {
        for band in 0..<settings.filters {
            levels.append(logarithm.level(filterbank.energy(inBand: band, of: transform.power)))
        }
        levels.append(logarithm.level(settings.appendsEnergy ? transform.power.reduce(.zero, +) : .zero))
    }

    /// Raises the bands that lie too far below the loudest one in any frame of the sound.
    private func raiseToFloor(frames: Int) {
        let (stride, bands) = (settings.filters + 1, settings.filters)
        levels.withUnsafeMutableBufferPointer { levels in
            var loudest = RealFourierTransform.Lanes(repeating: -.infinity)
            for round in 0..<(levels.count / stride) {
                var highest = levels[(round * stride)..<(round * stride + bands)].reduce(loudest, pointwiseMax)
                // The lanes behind the last frame hold what is no frame of this sound.
                for lane in 0..<Self.lanes where round * Self.lanes + lane >= frames { highest[lane] = -.infinity }
                loudest = pointwiseMax(loudest, highest)
            }
            let floor = RealFourierTransform.Lanes(repeating: logarithm.floor(below: loudest.max()))
            for index in levels.indices { levels[index] = pointwiseMax(levels[index], floor) }
        }
    }

    private func writeCoefficients(
        of round: Int, frames: Int, to target: UnsafeMutableBufferPointer<Float>, stride: Int
    ) {
        let first = round * (settings.filters + 1)
        let lanes = min(Self.lanes, frames - round * Self.lanes)
        levels.withUnsafeBufferPointer { levels in
            cosines.withUnsafeBufferPointer { cosines in
                for coefficient in 0..<settings.coefficients {
                    var sum = RealFourierTransform.Lanes.zero
                    if coefficient == 0, settings.appendsEnergy {
                        sum = levels[first + settings.filters]
                    } else {
                        let row = coefficient * settings.filters
                        for band in 0..<settings.filters { sum += cosines[row + band] * levels[first + band] }
                    }
                    for lane in 0..<lanes {
                        target[(round * Self.lanes + lane) * stride + coefficient] = sum[lane]
                    }
                }
            }
        }
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
