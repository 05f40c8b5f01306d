import Foundation

/// A recursive filter of second order, in transposed direct form II.
///
/// R. Bristow-Johnson: Cookbook formulae for audio equalizer biquad filter coefficients. The low- and high-pass filters are the
/// sections of a Butterworth filter, transformed bilinearly.
package struct BiquadFilter {
    private let b: (Double, Double, Double)
    private let a: (Double, Double)

    /// A filter for a cosine and a quality: the numerator, then the denominator, by its first coefficient.
    private init(_ b0: Double, _ b1: Double, _ b2: Double, _ a0: Double, _ a1: Double, _ a2: Double) {
        (b, a) = ((b0 / a0, b1 / a0, b2 / a0), (a1 / a0, a2 / a0))
    }

    /// Passes what lies below a frequency. `frequency` is a share of the sample rate, 0 to 0.5; `quality` 1/√2 for a Butterworth filter of
    /// second order.
    package static func lowPass(_ frequency: Double, quality: Double) -> BiquadFilter {
        let (cosine, alpha) = (cos(2 * .pi * frequency), sin(2 * .pi * frequency) / (2 * quality))
        return BiquadFilter((1 - cosine) / 2, 1 - cosine, (1 - cosine) / 2, 1 + alpha, -2 * cosine, 1 - alpha)
    }

    /// Passes what lies above a frequency.
    package static func highPass(_ frequency: Double, quality: Double) -> BiquadFilter {
        let (cosine, alpha) = (cos(2 * .pi * frequency), sin(2 * .pi * frequency) / (2 * quality))
        return BiquadFilter((1 + cosine) / 2, -1 - cosine, (1 + cosine) / 2, 1 + alpha, -2 * cosine, 1 - alpha)
    }

    /// Raises the surroundings of a frequency by so many dB, or lowers them.
    package static func peak(_ frequency: Double, quality: Double, decibels: Double) -> BiquadFilter {
        let (cosine, alpha) = (cos(2 * .pi * frequency), sin(2 * .pi * frequency) / (2 * quality))
        let root = pow(10, decibels / 40)
        return BiquadFilter(
            1 + alpha * root, -2 * cosine, 1 - alpha * root, 1 + alpha / root, -2 * cosine, 1 - alpha / root)
    }

    /// How much the filter amplifies a frequency, a share of the sample rate from 0 to 0.5, in dB.
    func decibels(at frequency: Double) -> Double {
        let (first, second) = (cos(2 * .pi * frequency), cos(4 * .pi * frequency))
        // |b0 + b1 z + b2 z²|² where |z| is 1.
        func power(_ c0: Double, _ c1: Double, _ c2: Double) -> Double {
            c0 * c0 + c1 * c1 + c2 * c2 + 2 * (c0 + c2) * c1 * first + 2 * c0 * c2 * second
        }
        return 10 * log10(power(b.0, b.1, b.2) / power(1, a.0, a.1))
    }

    /// Runs filters over samples, one behind the other, from rest.
    package static func apply(_ filters: [BiquadFilter], to samples: inout [Float]) {
        // All filters sample by sample: none waits for the one before it to reach the end.
        var states = [(Double, Double)](repeating: (0, 0), count: filters.count)
        states.withUnsafeMutableBufferPointer { states in
            filters.withUnsafeBufferPointer { filters in
                samples.withUnsafeMutableBufferPointer { samples in
                    for index in samples.indices {
                        var value = Double(samples[index])
                        for (place, filter) in filters.enumerated() {
                            let output = filter.b.0 * value + states[place].0
                            states[place].0 = filter.b.1 * value - filter.a.0 * output + states[place].1
                            states[place].1 = filter.b.2 * value - filter.a.1 * output
                            value = output
                        }
                        samples[index] = Float(value)
                    }
                }
            }
        }
    }
}
