import SeededRandom

/// The accuracy of a model over several random seeds, with an interval that counts groups of examples, such as those that share a
/// recording, and not examples.
public struct GroupedAccuracy: Codable, Equatable, Sendable {
    /// The accuracy with each seed, 0 to 1.
    public let seeds: [Double]
    /// The mean over the seeds.
    public let mean: Double
    /// The lower end of the mean's 95 % interval.
    public let low: Double
    /// The upper end.
    public let high: Double
    /// The number of groups.
    public let groups: Int

    private static let resamples = 10_000

    /// Measures an accuracy.
    /// - Parameters:
    ///   - areCorrect: for each seed, whether each test example is classified correctly.
    ///   - groups: for each seed, the group of each of them.
    package init(areCorrect: [[Bool]], groups: [[Int32]]) {
        self.init(zip(areCorrect, groups).map { GroupedOutcome($0, groups: $1) })
    }

    /// Measures an accuracy.
    ///
    /// The interval is a percentile bootstrap over groups (Efron 1979; Field & Welsh 2007): groups are drawn with replacement, each
    /// with all its examples and seeds. So it tells how far another test side of as many groups would take the accuracy, not another
    /// seed. Where no example, or every one, is misclassified there is nothing to draw from: then it is Wilson's interval of as many
    /// examples as there are groups.
    /// - Parameters:
    ///   - outcomes: what each seed's model does on the test examples; at least one, with at least one example.
    ///   - seed: the random seed of the draws.
    init(_ outcomes: [GroupedOutcome], seed: UInt64 = 0) {
        seeds = outcomes.map { Double($0.correct.values.reduce(0, +)) / Double($0.counts.values.reduce(0, +)) }
        mean = seeds.reduce(0, +) / Double(max(seeds.count, 1))
        let names = Set(outcomes.flatMap(\.counts.keys)).sorted()
        groups = names.count
        let sums = names.map { name in
            outcomes.reduce((correct: 0, count: 0)) {
                ($0.correct + ($1.correct[name] ?? 0), $0.count + ($1.counts[name] ?? 0))
            }
        }
        guard mean > 0, mean < 1 else {
            let wilson = WilsonInterval(successes: mean > 0 ? groups : 0, of: groups)
            (low, high) = (wilson.low, wilson.high)
            return
        }
        var generator = SeededGenerator(seed: seed, stream: "bootstrap")
        let means = (0..<Self.resamples).map { _ in
            var (correct, count) = (0, 0)
            for _ in sums.indices {
                let drawn = sums[generator.index(below: sums.count)]
                correct += drawn.correct
                count += drawn.count
            }
            return Double(correct) / Double(count)
        }.sorted()
        // The 2.5 % and 97.5 % percentiles.
        low = means[Self.resamples * 25 / 1000]
        high = means[Self.resamples - 1 - Self.resamples * 25 / 1000]
    }
}

/// What one model does on test examples, group by group.
struct GroupedOutcome {
    /// The examples of each group.
    private(set) var counts: [Int32: Int] = [:]
    /// Those of them that are classified correctly.
    private(set) var correct: [Int32: Int] = [:]

    /// Counts.
    /// - Parameters:
    ///   - areCorrect: whether each example is classified correctly.
    ///   - groups: the group of each.
    init(_ areCorrect: [Bool], groups: [Int32]) {
        for (isCorrect, group) in zip(areCorrect, groups) {
            counts[group, default: 0] += 1
            correct[group, default: 0] += isCorrect ? 1 : 0
        }
    }

    /// The examples that are classified correctly, less those of another model, group by group and over all seeds.
    static func differences(_ first: [GroupedOutcome], _ second: [GroupedOutcome]) -> [Int] {
        let names = Set((first + second).flatMap(\.counts.keys)).sorted()
        return names.map { name in
            zip(first, second).reduce(0) { $0 + ($1.0.correct[name] ?? 0) - ($1.1.correct[name] ?? 0) }
        }
    }
}
