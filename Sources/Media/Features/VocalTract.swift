import Foundation
package import SeededRandom

/// The length of the vocal tract, which scales the formants and leaves the pitch alone: the mel filters are moved along the
/// frequencies. N. Jaitly, G. E. Hinton: Vocal tract length perturbation improves speech recognition. ICML Workshop on Deep
/// Learning for Audio, Speech and Language Processing, 2013.
package enum VocalTract {
    /// Below this share of the Nyquist frequency all frequencies are scaled alike: 4,800 of 8,000 Hz in the paper.
    private static let linearShare = 0.6

    /// A factor for frequencies, evenly on a logarithmic scale from 1 / (1 + share) to 1 + share.
    package static func drawn(_ share: Double, _ generator: inout SeededGenerator) -> Double {
        exp(generator.number(in: -1...1) * log(1 + share))
    }

    /// Where a frequency comes to lie.
    ///
    /// Frequencies are multiplied by the factor up to a bend; from there a straight line leads to the Nyquist frequency, which stays
    /// where it is.
    /// - Parameters:
    ///   - frequency: in Hz, from 0 to `nyquist`.
    ///   - factor: above 0.
    ///   - nyquist: half the sample rate, in Hz.
    /// - Returns: a frequency in Hz, from 0 to `nyquist`.
    package static func warped(_ frequency: Double, by factor: Double, nyquist: Double) -> Double {
        let bend = linearShare * nyquist * min(factor, 1)
        guard frequency > bend / factor else { return frequency * factor }
        return nyquist - (nyquist - bend) / (nyquist - bend / factor) * (nyquist - frequency)
    }
}
