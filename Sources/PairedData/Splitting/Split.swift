/// Which of a dataset's pairs are for training, for validation and for testing.
public struct Split: Sendable, Codable, Equatable {
    /// How the pairs are divided.
    public enum Method: String, Sendable, Codable, CaseIterable {
        /// By recording: no recording stands on two sides.
        ///
        /// The test part is the dataset's own labelled test side, if it has one, else 10 % of the recordings of each class.
        /// 10 % of the remaining recordings of each class are for validation. All pairs of a recording move together. Training
        /// pairs whose recording also stands in the dataset's own test side are left out.
        case utterance
        /// As the paper does it: all labelled pairs are pooled, 10 % are drawn for the test part and 20 % of the rest for
        /// validation. Where recordings are repeated, the same one stands on several sides, and the accuracy looks better than
        /// it is.
        case paper
    }

    /// How the pairs were divided.
    public let method: Method
    /// The seed that they were divided with.
    public let seed: UInt64
    /// Rows to train on, ascending.
    public let train: [Int]
    /// Rows to choose the best epoch by, ascending.
    public let validation: [Int]
    /// Rows to measure the result on, ascending.
    public let test: [Int]
    /// Rows that are in no part, ascending: their recording is in the test side as well.
    public let leftOut: [Int]

    /// Divides a dataset whose pairs have labels and, for the method `utterance`, recording numbers, as
    /// `DatasetFolder.load()` gives it.
    ///
    /// - Parameters:
    ///   - dataset: the pooled pairs.
    ///   - method: how to divide them.
    ///   - seed: the same seed gives the same split, another one another.
    /// - Throws: `DataError` of kind `badData`, when there are no labels or recording numbers, or too few pairs or recordings for
    ///   three parts that are not empty.
    public init(_ dataset: PairedDataset, by method: Method = .utterance, seed: UInt64) throws {
        switch method {
        case .utterance: try self.init(byUtterance: dataset, seed: seed)
        case .paper: try self.init(asInThePaper: dataset, seed: seed)
        }
        guard !train.isEmpty, !validation.isEmpty, !test.isEmpty else {
            throw DataError(
                .badData,
                "\(dataset.count) pairs are too few to divide: \(train.count) for training, \(validation.count) for "
                    + "validation, \(test.count) for testing, \(leftOut.count) left out; each part needs one at least")
        }
    }

    private init(asInThePaper dataset: PairedDataset, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed, stream: "split/paper")
        let rows = Array(0..<dataset.count).shuffled(seeded: &generator)
        let testCount = rows.count.fraction(10)
        let validationCount = (rows.count - testCount).fraction(20)
        self.init(
            method: .paper, seed: seed,
            train: rows[(testCount + validationCount)...],
            validation: rows[testCount..<(testCount + validationCount)],
            test: rows[..<testCount], leftOut: [])
    }

    init(
        method: Method, seed: UInt64, train: some Sequence<Int>, validation: some Sequence<Int>,
        test: some Sequence<Int>, leftOut: some Sequence<Int>
    ) {
        self.method = method
        self.seed = seed
        self.train = train.sorted()
        self.validation = validation.sorted()
        self.test = test.sorted()
        self.leftOut = leftOut.sorted()
    }

    /// The recordings that stand in more than one of the three parts, ascending; empty when the split is clean.
    ///
    /// - Parameter dataset: the dataset that was divided. Without recording numbers, those are derived from the audio.
    /// - Returns: the numbers of the leaked recordings.
    public func leakedUtterances(in dataset: PairedDataset) -> [Int32] {
        let utterances = dataset.utterances ?? dataset.derivedUtterances()
        let parts = [train, validation, test].map { rows in Set(rows.map { utterances[$0] }) }
        let leaked = parts[0].intersection(parts[1])
            .union(parts[0].intersection(parts[2]))
            .union(parts[1].intersection(parts[2]))
        return leaked.sorted()
    }
}

extension Int {
    /// `percent` per cent of this count, rounded to the nearest.
    func fraction(_ percent: Int) -> Int {
        (self * percent + 50) / 100
    }
}

extension Split {
    /// This split with no more than `count` pairs to train on, drawn at random; validation and test stay as they are.
    public func limitingTraining(to count: Int) -> Split {
        var generator = SeededGenerator(seed: seed, stream: "split/limit")
        let drawn = train.shuffled(seeded: &generator)
        return Split(
            method: method, seed: seed, train: drawn.prefix(count), validation: validation, test: test,
            leftOut: leftOut)
    }
}
