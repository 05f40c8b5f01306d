import FileFormats
import SeededRandom

/// Which of a dataset's examples are for training, for validation and for testing.
public struct Split: Sendable, Codable, Equatable {
    /// How the examples are divided.
    public enum Method: String, Sendable, Codable, CaseIterable {
        /// By group: examples of one group, such as those that share a recording, are all in one part.
        ///
        /// The test part is the dataset's own labelled test side, if it has one, else 10 % of the groups of each class.
        /// 10 % of the remaining groups of each class are for validation. Training examples whose group is also in the dataset's
        /// own test side are left out.
        case group
        /// As the paper does it: all labelled examples are pooled, 10 % are drawn for the test part and 20 % of the rest for
        /// validation. Where recordings are repeated, the same one stands on several sides, and the accuracy looks better than
        /// it is.
        case paper
    }

    /// How the examples were divided.
    public let method: Method
    /// The seed that they were divided with.
    public let seed: UInt64
    /// Rows to train on, ascending.
    public let train: [Int]
    /// Rows to choose the best epoch by, ascending.
    public let validation: [Int]
    /// Rows to measure the result on, ascending.
    public let test: [Int]
    /// Rows that are in no part, ascending: their group is in the test side as well.
    public let leftOut: [Int]

    /// Divides a dataset whose examples have labels and, for the method `group`, group numbers, as `DatasetFolder.load()` gives it.
    ///
    /// - Parameters:
    ///   - dataset: the pooled examples.
    ///   - method: how to divide them.
    ///   - seed: the same seed gives the same split, another one another.
    /// - Throws: `DuetError` of kind `badData`, when there are no labels or group numbers, or too few examples or groups for three
    ///   parts that are not empty.
    public init(_ dataset: Dataset, by method: Method = .group, seed: UInt64) throws {
        switch method {
        case .group: try self.init(byGroup: dataset, seed: seed)
        case .paper: try self.init(asInThePaper: dataset, seed: seed)
        }
        guard !train.isEmpty, !validation.isEmpty, !test.isEmpty else {
            throw DuetError(
                .badData,
                "\(dataset.count) examples are too few to divide: \(train.count) for training, \(validation.count) for "
                    + "validation, \(test.count) for testing, \(leftOut.count) left out; each part needs one at least")
        }
    }

    private init(asInThePaper dataset: Dataset, seed: UInt64) throws {
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

    /// The groups that are in more than one of the three parts, ascending; empty when the split is clean.
    ///
    /// - Parameter dataset: the dataset that was divided. Without group numbers, those are derived from the values.
    /// - Returns: the numbers of the leaked groups.
    /// - Throws: `DuetError` of kind `badData` where a file that holds values was cut short.
    public func leakedGroups(in dataset: Dataset) throws -> [Int32] {
        let groups = try dataset.groups ?? dataset.derivedGroups()
        let parts = [train, validation, test].map { rows in Set(rows.map { groups[$0] }) }
        let leaked = parts[0].intersection(parts[1])
            .union(parts[0].intersection(parts[2]))
            .union(parts[1].intersection(parts[2]))
        return leaked.sorted()
    }
}

extension Int {
    /// `percent` per cent of this count, rounded to the nearest.
    package func fraction(_ percent: Int) -> Int {
        (self * percent + 50) / 100
    }
}

extension Split {
    /// This split with no more than `count` examples to train on, drawn at random; validation and test stay as they are.
    public func limitingTraining(to count: Int) -> Split {
        var generator = SeededGenerator(seed: seed, stream: "split/limit")
        let drawn = train.shuffled(seeded: &generator)
        return Split(
            method: method, seed: seed, train: drawn.prefix(count), validation: validation, test: test,
            leftOut: leftOut)
    }
}
