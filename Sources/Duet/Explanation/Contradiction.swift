import PairedData

/// What a model says when image and audio contradict each other: the image of one class with the sound of another.
public struct Contradiction: Codable, Sendable, Equatable {
    /// The number of contradicting pairs.
    public let count: Int
    /// How many got the image's class.
    public let imageWins: Int
    /// How many got the audio's class.
    public let audioWins: Int
    /// For each class of the image (row) and of the audio (column), how many pairs were made; 0 on the diagonal.
    public let pairs: [[Int]]
    /// Of these, how many got the image's class.
    public let imageWinsByClass: [[Int]]
    /// Of these, how many got the audio's class.
    public let audioWinsByClass: [[Int]]

    /// How many got a third class.
    public var neitherWins: Int { count - imageWins - audioWins }

    /// Counts what was said of contradicting pairs.
    /// - Parameters:
    ///   - image: the class of each pair's image, from 0.
    ///   - audio: the class of each pair's sound, another one.
    ///   - said: the most probable class of each pair.
    ///   - classes: the number of classes.
    package init(image: [Int], audio: [Int], said: [Int], classes: Int) {
        let empty = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
        var (pairs, imageWins, audioWins) = (empty, empty, empty)
        for position in image.indices {
            let (seen, heard) = (image[position], audio[position])
            pairs[seen][heard] += 1
            if said[position] == seen { imageWins[seen][heard] += 1 }
            if said[position] == heard { audioWins[seen][heard] += 1 }
        }
        func total(_ counts: [[Int]]) -> Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }
        (self.pairs, imageWinsByClass, audioWinsByClass) = (pairs, imageWins, audioWins)
        (count, self.imageWins, self.audioWins) = (image.count, total(imageWins), total(audioWins))
    }

    /// For each pair, the position of another one whose sound contradicts it: of another class, each equally likely.
    /// - Returns: nil where all pairs are of one class.
    package static func partners(of truth: [Int], seed: UInt64) -> [Int]? {
        guard Set(truth).count > 1 else { return nil }
        // Sorted by class, the positions of one class are a gap in those of all others.
        let sorted = truth.indices.sorted { (truth[$0], $0) < (truth[$1], $1) }
        var gaps: [Int: Range<Int>] = [:]
        for (place, position) in sorted.enumerated() {
            gaps[truth[position]] = (gaps[truth[position]]?.lowerBound ?? place)..<(place + 1)
        }
        var generator = SeededGenerator(seed: seed, stream: "contradiction")
        return truth.map { label in
            let gap = gaps[label] ?? 0..<0
            let drawn = generator.index(below: truth.count - gap.count)
            return sorted[drawn < gap.lowerBound ? drawn : drawn + gap.count]
        }
    }
}
