import Foundation

/// Reads a waveform at another speed: windowed-sinc interpolation at a ratio of whole numbers (polyphase filter).
///
/// Sixteen zero crossings on each side under a Kaiser window of β = 9: what lies more than a tenth of the band below the lower of
/// both Nyquist frequencies passes, and what would alias is 80 dB down. For a step of 1 it is the waveform itself, up to that
/// band limit. J. O. Smith: Digital Audio Resampling, 2002.
///
/// Each phase of the filter is a row of its own, so a sample is one product of two short arrays.
package struct SincResampler {
    /// Input samples per output sample: `advance / phases`, without a common factor.
    private let advance: Int
    private let phases: Int
    /// Samples that a phase reads; a multiple of 8.
    private let taps: Int
    /// A row of `taps` weights for each phase.
    private let weights: [Float]

    private static let zeroCrossings = 16.0
    private static let beta = 9.0
    /// The filter's cutoff, as a share of the lower Nyquist frequency.
    private static let cutoff = 0.95

    /// A resampler that takes `numerator / denominator` input samples for each output sample; both above 0.
    package init(_ numerator: Int, over denominator: Int) {
        var (a, b) = (numerator, denominator)
        while b != 0 { (a, b) = (b, a % b) }
        (advance, phases) = (numerator / a, denominator / a)
        let band = Self.cutoff * min(1, Double(denominator) / Double(numerator))
        let reach = Self.zeroCrossings / band
        taps = (2 * Int(reach.rounded(.up)) + 7) / 8 * 8
        let (first, norm, phases, taps) = (1 - taps / 2, Self.bessel(Self.beta), phases, taps)
        weights = (0..<phases).flatMap { phase -> [Float] in
            let row = (0..<taps).map { tap -> Double in
                let time = Double(first + tap) - Double(phase) / Double(phases)
                let place = time / reach
                guard abs(place) < 1 else { return 0 }
                let angle = .pi * band * time
                let sinc = angle == 0 ? 1 : sin(angle) / angle
                return band * sinc * Self.bessel(Self.beta * (1 - place * place).squareRoot()) / norm
            }
            // So that a constant stays what it is at every phase.
            let sum = row.reduce(0, +)
            return row.map { Float($0 / sum) }
        }
    }

    /// How many samples come of so many.
    package func count(of input: Int) -> Int { (input * phases + advance / 2) / advance }

    /// The waveform at the other speed; beyond its ends there is silence.
    package func resampled(_ samples: [Float]) -> [Float] {
        let margin = taps / 2
        let padded = [Float](unsafeUninitializedCapacity: samples.count + 2 * taps) { padded, count in
            padded[..<margin].initialize(repeating: 0)
            _ = padded[margin...].initialize(fromContentsOf: samples)
            count = samples.count + 2 * taps
            padded[(margin + samples.count)..<count].initialize(repeating: 0)
        }
        let count = count(of: samples.count)
        return [Float](unsafeUninitializedCapacity: count) { output, written in
            padded.withUnsafeBufferPointer { padded in
                weights.withUnsafeBufferPointer { weights in
                    var (place, phase) = (1, 0)
                    let (whole, rest) = advance.quotientAndRemainder(dividingBy: phases)
                    for index in 0..<count {
                        var sum = SIMD8<Float>.zero
                        for tap in stride(from: 0, to: taps, by: 8) {
                            let input = UnsafeRawPointer(padded.baseAddress! + place + tap)
                            let weight = UnsafeRawPointer(weights.baseAddress! + phase * taps + tap)
                            sum +=
                                input.loadUnaligned(as: SIMD8<Float>.self) * weight.loadUnaligned(as: SIMD8<Float>.self)
                        }
                        output[index] = sum.sum()
                        (place, phase) = (place + whole, phase + rest)
                        if phase >= phases { (place, phase) = (place + 1, phase - phases) }
                    }
                }
            }
            written = count
        }
    }

    /// The modified Bessel function of the first kind and order 0, by its power series.
    private static func bessel(_ x: Double) -> Double {
        var (sum, term, k) = (1.0, 1.0, 1.0)
        while term > 1e-12 * sum {
            term *= (x / (2 * k)) * (x / (2 * k))
            sum += term
            k += 1
        }
        return sum
    }
}
