package import SeededRandom

/// Voices in the background: three to six other clips at once, equally loud, each from a random place on and over and over.
package enum Babble {
    package static let voices = 3...6

    /// Babble of so many samples.
    /// - Parameters:
    ///   - count: how many samples.
    ///   - clips: draws a clip to make it of.
    ///   - generator: draws the voices.
    /// - Returns: the voices' sum; silence where all clips are.
    package static func drawn(
        _ count: Int, of clips: (inout SeededGenerator) throws -> [Float], _ generator: inout SeededGenerator
    ) rethrows -> [Float] {
        var babble = [Float](repeating: 0, count: count)
        for _ in 0..<(voices.lowerBound + generator.index(below: voices.count)) {
            let clip = try clips(&generator)
            let power = clip.meanPower
            guard power > 0 else { continue }
            let scale = Float(1 / power.squareRoot())
            var place = generator.index(below: clip.count)
            babble.withUnsafeMutableBufferPointer { babble in
                clip.withUnsafeBufferPointer { clip in
                    var index = 0
                    while index < count {
                        let length = min(clip.count - place, count - index)
                        for step in 0..<length { babble[index + step] += scale * clip[place + step] }
                        (index, place) = (index + length, 0)
                    }
                }
            }
        }
        return babble
    }
}
