import Foundation
package import SeededRandom

/// Another speed, by resampling: pitch, formants and tempo change together, as on a tape.
///
/// Speeds are multiples of 1 / 128, so that the filter of each is computed once. T. Ko, V. Peddinti, D. Povey, S. Khudanpur: Audio
/// augmentation for speech recognition. Interspeech 2015.
package struct SpeedChange {
    private var resamplers: [Int: SincResampler] = [:]

    package static let steps = 128

    package init() {}

    /// A speed, evenly on a logarithmic scale from 1 / (1 + share) to 1 + share, in steps of 1 / 128.
    /// - Parameters:
    ///   - share: 0 to 1.
    ///   - generator: draws it.
    /// - Returns: 128 times the speed.
    package static func drawn(_ share: Double, _ generator: inout SeededGenerator) -> Int {
        Int((Double(steps) * exp(generator.number(in: -1...1) * log(1 + share))).rounded())
    }

    /// Plays samples faster: `speed / 128` times.
    package mutating func apply(to samples: inout [Float], speed: Int) {
        guard speed != Self.steps else { return }
        let resampler = resamplers[speed] ?? SincResampler(speed, over: Self.steps)
        resamplers[speed] = resampler
        samples = resampler.resampled(samples)
    }
}
