import Foundation
package import SeededRandom

/// A microphone's frequency response: a smooth curve of four peaks and dips, one in each of four bands from 100 Hz to the Nyquist
/// frequency that are equally wide on a logarithmic scale.
package enum MicrophoneResponse {
    private static let bands = 4
    private static let lowest = 100.0

    /// Draws a response's filters.
    /// - Parameters:
    ///   - decibels: the most that a peak raises or lowers its middle; where two overlap, they add up.
    ///   - sampleRate: in Hz.
    ///   - generator: draws place, height and width of each.
    /// - Returns: a filter for each band.
    package static func drawn(
        upTo decibels: Double, sampleRate: Int, _ generator: inout SeededGenerator
    ) -> [BiquadFilter] {
        let highest = 0.45 * Double(sampleRate)
        return (0..<bands).map { band in
            let place = (Double(band) + generator.number(in: 0...1)) / Double(bands)
            let frequency = lowest * pow(highest / lowest, place)
            let height = generator.number(in: -decibels...decibels)
            return .peak(
                frequency / Double(sampleRate), quality: generator.number(in: 0.5...1.5), decibels: height)
        }
    }
}
