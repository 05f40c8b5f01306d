import Foundation

/// Turns sounds into mel-frequency cepstral coefficients, as Python's `python_speech_features.mfcc` does, within 1e-3.
///
/// The sound is emphasized and cut into frames; each frame's power spectrum is summed into mel bands, and the bands'
/// logarithms are turned into cepstral coefficients (Davis and Mermelstein, 1980). Four frames are computed at once.
/// The memory for that is kept between calls, so an extractor belongs to one thread at a time.
public final class MFCC {
    /// How the coefficients are computed.
    public let settings: MFCCSettings
    /// A frame's length in samples.
    private let frameLength: Int
    /// Samples from one frame's start to the next.
    private let frameStep: Int

    private let transform: RealFourierTransform
    private let filterbank: MelFilterbank
    private let window: [Float]
    /// The liftered cosine transform: a row of `filters` values for each coefficient.
    private let cosines: [Double]
    /// The logarithms of the bands' energies.
    private var bands: [SIMD4<Double>]

    // Files hold 16-bit integers, and the Python package takes them as they are.
    private static let integerScale: Float = 32_768
    private static let lanes = RealFourierTransform.Lanes.scalarCount

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
        bands = Array(repeating: .zero, count: settings.filters)
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

    /// How many frames a sound of so many seconds has.
    public func frames(forSeconds seconds: Double) -> Int {
        frames(forSamples: Int(settings.samples(in: seconds)))
    }

    /// The coefficients of a sound.
    ///
    /// - Parameter samples: the sound at `settings.sampleRate`, finite values from −1 to 1.
    /// - Returns: `frames(forSamples:) × coefficients` values, frame by frame.
    public func features(of samples: [Float]) -> [Float] {
        let frames = frames(forSamples: samples.count)
        let rounds = (frames + Self.lanes - 1) / Self.lanes
        // The last frames reach beyond the end, where there is silence.
        let emphasized = emphasized(samples, count: self.samples(forFrames: rounds * Self.lanes))
        var features = [Float](repeating: 0, count: rounds * Self.lanes * settings.coefficients)
        for round in 0..<rounds {
            load(emphasized, from: round * Self.lanes * frameStep)
            transform.run()
            computeBands()
            writeCoefficients(to: &features, from: round * Self.lanes * settings.coefficients)
        }
        features.removeLast(features.count - frames * settings.coefficients)
        return features
    }

    /// The samples in the scale of 16-bit integers, less a part of the sample before each, with zeros behind up to
    /// `count`.
    private func emphasized(_ samples: [Float], count: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { emphasized, initialized in
            // The first sample has none before it.
            var previous: Double = 0
            for index in samples.indices {
                let sample = Double(samples[index])
                emphasized[index] = Float(sample - settings.preemphasis * previous) * Self.integerScale
                previous = sample
            }
            emphasized[samples.count...].initialize(repeating: 0)
            initialized = count
        }
    }

    /// Puts four frames into the transform, the first of which begins at a sample; zeros follow them up to the
    /// transform's size.
    private func load(_ samples: [Float], from start: Int) {
        let frames = transform.frames
        samples.withUnsafeBufferPointer { samples in
            for index in window.indices {
                let first = start + index
                frames[index] =
                    window[index]
                    * RealFourierTransform.Lanes(
                        samples[first], samples[first + frameStep], samples[first + 2 * frameStep],
                        samples[first + 3 * frameStep])
            }
        }
    }

    private func computeBands() {
        for band in bands.indices {
            bands[band] = Self.logarithm(filterbank.energy(inBand: band, of: transform.power))
        }
    }

    private func writeCoefficients(to features: inout [Float], from start: Int) {
        for coefficient in 0..<settings.coefficients {
            var sum = SIMD4<Double>.zero
            if coefficient == 0, settings.appendsEnergy {
                sum = Self.logarithm(transform.power.reduce(.zero, +))
            } else {
                for band in bands.indices { sum += cosines[coefficient * bands.count + band] * bands[band] }
            }
            for lane in 0..<Self.lanes {
                features[start + lane * settings.coefficients + coefficient] = Float(sum[lane])
            }
        }
    }

    // Silence has no logarithm; the Python package takes that of the smallest step from 1 to the next number.
    private static func logarithm(_ energies: RealFourierTransform.Lanes) -> SIMD4<Double> {
        var logarithms = SIMD4<Double>(energies)
        for lane in 0..<lanes { logarithms[lane] = log(energies[lane] == 0 ? .ulpOfOne : logarithms[lane]) }
        return logarithms
    }

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
    fileprivate func values(count: Int) -> [Float] {
        // NumPy's windows of one sample are 1.
        guard count > 1 else { return [Float](repeating: 1, count: count) }
        return (0..<count).map { index in
            let cosine = cos(2 * .pi * Double(index) / Double(count - 1))
            return switch self {
            case .rectangular: 1
            case .hamming: Float(0.54 - 0.46 * cosine)
            case .hann: Float(0.5 - 0.5 * cosine)
            }
        }
    }
}
