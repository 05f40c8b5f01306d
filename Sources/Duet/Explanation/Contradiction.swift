import SeededRandom

/// What a model predicts when its two modalities contradict each other: the image of one class with the sound of another.
public struct Contradiction: Codable, Sendable, Equatable {
    /// One of the two modalities.
    public struct Side: Codable, Sendable, Equatable {
        /// Its name.
        public let modality: String
        /// How many examples were predicted as its class.
        public let wins: Int
        /// The same by class, [class of the first modality][class of the second].
        public let winsByClass: [[Int]]
    }

    /// The number of contradicting examples.
    public let count: Int
    /// For each class of the first modality (row) and of the second (column), how many examples were made; 0 on the diagonal.
    public let counts: [[Int]]
    /// The two modalities.
    public let sides: [Side]
    /// In how many the two alone predict different classes, and the model one of these.
    public let decided: Int
    /// In how many of these it is the class of the more confident one.
    public let decidedByMoreConfident: Int

    /// How many were predicted as a third class.
    public var neitherWins: Int { count - sides.reduce(0) { $0 + $1.wins } }

    /// Counts the predictions for contradicting examples.
    /// - Parameters:
    ///   - modalities: the names of the two.
    ///   - classes: the class of each example by the first modality and by the second, from 0.
    ///   - predicted: the predicted class of each example.
    ///   - alone: what each modality alone predicts: the class and its calibrated probability, of each example.
    ///   - classCount: the number of classes.
    init(
        _ modalities: [String], classes: [[Int]], predicted: [Int], alone: [[(class: Int, confidence: Float)]],
        classCount: Int
    ) {
        func counted(_ isCounted: (Int) -> Bool) -> [[Int]] {
            var counts = [[Int]](repeating: [Int](repeating: 0, count: classCount), count: classCount)
            for position in predicted.indices where isCounted(position) {
                counts[classes[0][position]][classes[1][position]] += 1
            }
            return counts
        }
        count = predicted.count
        counts = counted { _ in true }
        sides = zip(modalities, classes).map { modality, classes in
            let wins = counted { predicted[$0] == classes[$0] }
            return Side(modality: modality, wins: wins.reduce(0) { $0 + $1.reduce(0, +) }, winsByClass: wins)
        }
        let winners = predicted.indices.compactMap { position -> Bool? in
            let pair = alone.map { $0[position] }.sorted { $0.confidence > $1.confidence }
            guard pair[0].class != pair[1].class, pair.contains(where: { $0.class == predicted[position] }) else {
                return nil
            }
            return predicted[position] == pair[0].class
        }
        (decided, decidedByMoreConfident) = (winners.count, winners.count { $0 })
    }

    /// For each example, the position of another one that contradicts it: of another class, each equally likely.
    /// - Returns: nil where all examples are of one class.
    package static func partners(of labels: [Int], seed: UInt64) -> [Int]? {
        guard Set(labels).count > 1 else { return nil }
        // Sorted by class, the positions of one class are a gap in those of all others.
        let sorted = labels.indices.sorted { (labels[$0], $0) < (labels[$1], $1) }
        var gaps: [Int: Range<Int>] = [:]
        for (place, position) in sorted.enumerated() {
            gaps[labels[position]] = (gaps[labels[position]]?.lowerBound ?? place)..<(place + 1)
        }
        var generator = SeededGenerator(seed: seed, stream: "contradiction")
        return labels.map { label in
            let gap = gaps[label] ?? 0..<0
            let drawn = generator.index(below: labels.count - gap.count)
            return sorted[drawn < gap.lowerBound ? drawn : drawn + gap.count]
        }
    }
}
