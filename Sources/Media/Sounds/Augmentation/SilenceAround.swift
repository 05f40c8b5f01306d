import Foundation
package import SeededRandom

/// Silence before and after a clip, which moves the voice within its window.
///
/// No recording is quite silent: it is white noise, 40 to 60 dB below the clip's mean power.
package enum SilenceAround {
    /// How far the silence lies below the clip's mean power, in dB.
    package static let levels = 40.0...60.0

    /// Puts up to `longest` samples before the clip, and up to as many after it.
    package static func apply(to samples: inout [Float], longest: Int, _ generator: inout SeededGenerator) {
        let (before, after) = (generator.index(below: longest + 1), generator.index(below: longest + 1))
        let level = generator.number(in: levels)
        let deviation = (samples.meanPower * pow(10, -level / 10)).squareRoot()
        func silence(_ count: Int) -> [Float] { generator.noise(count).map { $0 * Float(deviation) } }
        samples = silence(before) + samples + silence(after)
    }
}

extension [Float] {
    /// The mean of the squares; 0 where there are none.
    var meanPower: Double {
        let sum = withUnsafeBufferPointer { values in
            values.reduce(into: 0.0) { $0 += Double($1) * Double($1) }
        }
        return isEmpty ? 0 : sum / Double(count)
    }
}
