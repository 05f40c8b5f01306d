import Foundation

/// Turns sounds into mel-frequency cepstral coefficients, as Python's `python_speech_features.mfcc` does, within 1e-3.
///
/// Every frame is emphasized, its power spectrum summed into mel bands, and the bands' logarithms turned into cepstral coefficients
/// (Davis and Mermelstein, 1980). All memory for that is kept between calls, so an extractor belongs to one thread at a time.
public final class MFCC {
    /// How the coefficients are computed.
    public let settings: MFCCSettings
    /// A frame's length in samples.
    let frameLength: Int
    /// Samples from one frame's start to the next.
    let frameStep: Int

    private let transform: RealFourierTransform
    private let filterbank: MelFilterbank
    private let window: [Double]
    /// The liftered cosine transform: a row of `filters` values for each coefficient.
    private let cosines: [Double]
    private let power: UnsafeMutableBufferPointer<Double>
    private let bands: UnsafeMutableBufferPointer<Double>

    // Files hold 16-bit integers, and the Python package takes them as they are.
    private static let integerScale = 32_768.0

    /// An extractor for the given settings.
    ///
    /// - Throws: `MediaError`, when a setting is out of range.
    public init(_ settings: MFCCSettings = MFCCSettings()) throws {
        try settings.check()
        self.settings = settings
        frameLength = Int(settings.samples(in: settings.windowSeconds))
        frameStep = Int(settings.samples(in: settings.stepSeconds))
        transform = RealFourierTransform(size: settings.fftSize)
        filterbank = MelFilterbank(settings)
        window = settings.window.values(count: frameLength)
        cosines = Self.cosines(settings)
        power = .allocate(capacity: settings.fftSize / 2 + 1)
        power.initialize(repeating: 0)
        bands = .allocate(capacity: settings.filters)
        bands.initialize(repeating: 0)
    }

    deinit {
        power.deallocate()
        bands.deallocate()
    }

    /// How many frames a sound of so many samples has. The last one may reach beyond the end, where there is silence.
    public func frames(forSamples samples: Int) -> Int {
        guard samples > frameLength else { return samples > 0 ? 1 : 0 }
        return 1 + (samples - frameLength + frameStep - 1) / frameStep
    }

    /// How many samples fill so many frames: the longest sound that has no more.
    public func samples(forFrames frames: Int) -> Int {
        frames > 0 ? (frames - 1) * frameStep + frameLength : 0
    }

    /// The coefficients of a sound.
    ///
    /// - Parameter samples: the sound at `settings.sampleRate`, finite values from −1 to 1.
    /// - Returns: `frames(forSamples:) × coefficients` values, frame by frame.
    public func features(of samples: [Float]) -> [Float] {
        let frames = frames(forSamples: samples.count)
        let values = frames * settings.coefficients
        return [Float](unsafeUninitializedCapacity: values) { features, count in
            samples.withUnsafeBufferPointer { samples in
                for frame in 0..<frames {
                    load(samples, from: frame * frameStep)
                    transform.powerSpectrum(into: power)
                    let start = frame * settings.coefficients
                    writeCoefficients(to: .init(rebasing: features[start..<start + settings.coefficients]))
                }
            }
            count = values
        }
    }

    /// Puts the emphasized frame that begins at a sample into the transform; zeros follow it up to the transform's size.
    private func load(_ samples: UnsafeBufferPointer<Float>, from start: Int) {
        let frame = transform.frame
        let inside = min(frameLength, samples.count - start)
        window.withUnsafeBufferPointer { window in
            // The first sample of all has none before it.
            var previous = start > 0 ? Double(samples[start - 1]) : 0
            for index in 0..<inside {
                let sample = Double(samples[start + index])
                let emphasized = sample - settings.preemphasis * previous
                frame[index] = Float(emphasized * Self.integerScale * window[index])
                previous = sample
            }
        }
        for index in inside..<frameLength { frame[index] = 0 }
    }

    private func writeCoefficients(to coefficients: UnsafeMutableBufferPointer<Float>) {
        filterbank.apply(to: UnsafeBufferPointer(power), into: bands)
        for band in bands.indices { bands[band] = Self.logarithm(bands[band]) }
        cosines.withUnsafeBufferPointer { cosines in
            var index = 0
            for coefficient in coefficients.indices {
                var sum = 0.0
                for band in bands.indices {
                    sum += cosines[index] * bands[band]
                    index += 1
                }
                coefficients[coefficient] = Float(sum)
            }
        }
        if settings.appendsEnergy {
            coefficients[0] = Float(Self.logarithm(power.reduce(0, +)))
        }
    }

    // Silence has no logarithm; the Python package takes that of the smallest step from 1 to the next number.
    private static func logarithm(_ energy: Double) -> Double { log(energy == 0 ? .ulpOfOne : energy) }

    /// SciPy's `dct(type=2, norm='ortho')` as a matrix, each row raised by the lifter.
    private static func cosines(_ settings: MFCCSettings) -> [Double] {
        let bands = Double(settings.filters)
        return (0..<settings.coefficients).flatMap { row in
            let norm = ((row == 0 ? 1 : 2) / bands).squareRoot()
            let lifter = Double(settings.lifter)
            let lift = lifter > 0 ? 1 + lifter / 2 * sin(.pi * Double(row) / lifter) : 1
            return (0..<settings.filters).map { lift * norm * cos(.pi * Double(row) * (Double($0) + 0.5) / bands) }
        }
    }
}

extension MFCCSettings.Window {
    /// The window's values over a frame, symmetric as NumPy's are.
    fileprivate func values(count: Int) -> [Double] {
        // NumPy's windows of one sample are 1.
        guard count > 1 else { return [Double](repeating: 1, count: count) }
        return (0..<count).map { index in
            let cosine = cos(2 * .pi * Double(index) / Double(count - 1))
            return switch self {
            case .rectangular: 1
            case .hamming: 0.54 - 0.46 * cosine
            case .hann: 0.5 - 0.5 * cosine
            }
        }
    }
}
