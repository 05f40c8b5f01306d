import Foundation
package import SeededRandom

/// Noise whose power falls by 3 dB an octave, as that of wind, traffic and rooms about does.
///
/// White noise through poles and zeros in turn, evenly on a logarithmic scale of frequencies: −6 dB an octave behind each pole until
/// its zero ends it. M. S. Keshner: 1/f noise. Proceedings of the IEEE 70 (1982). Within half a dB from 30 Hz to a
/// quarter of the sample rate, and 2 dB above it.
package enum PinkNoise {
    /// The distance from one pole to the next; a zero lies in the middle.
    private static let spacing = 4.0
    private static let lowest = 15.0

    /// Noise at a rate in Hz, at any level.
    package static func drawn(_ count: Int, sampleRate: Int, _ generator: inout SeededGenerator) -> [Float] {
        var sections: [(pole: Double, zero: Double)] = []
        var frequency = lowest
        while frequency < Double(sampleRate) / 2 {
            sections.append(
                (
                    exp(-2 * .pi * frequency / Double(sampleRate)),
                    exp(-2 * .pi * frequency * spacing.squareRoot() / Double(sampleRate))
                ))
            frequency *= spacing
        }
        var noise = generator.noise(count)
        var states = [Double](repeating: 0, count: sections.count)
        noise.withUnsafeMutableBufferPointer { noise in
            for index in noise.indices {
                var value = Double(noise[index])
                for (place, section) in sections.enumerated() {
                    let state = value + section.pole * states[place]
                    value = state - section.zero * states[place]
                    states[place] = state
                }
                noise[index] = Float(value)
            }
        }
        return noise
    }
}
