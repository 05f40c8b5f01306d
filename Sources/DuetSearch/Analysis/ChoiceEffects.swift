/// How much of the differences between networks each choice explains, and each two together: a functional analysis of variance
/// (Hutter, Hoos and Leyton-Brown 2014), on the results themselves, without a model of them.
///
/// The importance of a choice is the variance of the mean accuracy at each of its values, divided by the variance of all accuracies. Where
/// every combination of values is there once, these shares add up to 1 with those of all interactions. In a space with conditions they
/// need not: a setting that comes up for some networks only has "not there" as a value of its own, and shares its effect with what it
/// depends on.
public struct ChoiceEffects: Codable, Sendable {
    /// What one choice explains.
    public struct Effect: Codable, Sendable {
        /// The choice.
        public let name: String
        /// The share of the variance, from 0 to 1.
        public let importance: Double
        /// The accuracies at each value.
        public let values: [Value]
    }

    /// The accuracies of the networks with one value.
    public struct Value: Codable, Sendable {
        /// The value.
        public let value: String
        /// How many networks have it.
        public let count: Int
        /// Their mean accuracy.
        public let mean: Double
        /// Their quantiles: 5 %, 25 %, 50 %, 75 %, 95 %, and the highest.
        public let quantiles: [Double]
    }

    /// What two choices explain together beyond what each explains alone.
    public struct Interaction: Codable, Sendable {
        /// The choices.
        public let names: [String]
        /// The share of the variance.
        public let importance: Double
    }

    /// Each choice among two values at least, the most important first.
    public let effects: [Effect]
    /// The interactions of choices, the strongest first.
    public let interactions: [Interaction]

    /// - Parameters:
    ///   - choices: what was chosen for each network.
    ///   - accuracies: what came out for each.
    package init(_ choices: ChoiceTable, accuracies: [Double]) {
        let columns = choices.columns.filter { $0.values.count > 1 }
        let variance = Variance(of: accuracies)
        let shares = columns.map { variance.share(explainedBy: $0.rows, values: $0.values.count) }
        effects = zip(columns, shares).map { column, share in
            Effect(name: column.name, importance: share, values: column.summaries(of: accuracies))
        }.sorted { $0.importance > $1.importance }
        var interactions: [Interaction] = []
        for (i, first) in columns.enumerated() {
            for (j, second) in columns.enumerated().dropFirst(i + 1) {
                let width = Int32(second.values.count)
                let both = zip(first.rows, second.rows).map { $0 * width + $1 }
                let share = variance.share(explainedBy: both, values: first.values.count * second.values.count)
                interactions.append(
                    Interaction(names: [first.name, second.name], importance: share - shares[i] - shares[j]))
            }
        }
        self.interactions = interactions.sorted { $0.importance > $1.importance }
    }
}

/// The variance of some values, and what groups explain of it.
private struct Variance {
    let values: [Double]
    private let mean: Double
    private let total: Double

    init(of values: [Double]) {
        let mean = values.reduce(0, +) / Double(max(values.count, 1))
        (self.values, self.mean) = (values, mean)
        total = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }

    /// The sum of squares between groups, divided by that of all; 0 where all values are equal.
    func share(explainedBy groups: [Int32], values count: Int) -> Double {
        guard total > 0 else { return 0 }
        var sums = [Double](repeating: 0, count: count)
        var counts = [Int](repeating: 0, count: count)
        for (group, value) in zip(groups, values) {
            sums[Int(group)] += value - mean
            counts[Int(group)] += 1
        }
        return zip(sums, counts).reduce(0) { $0 + ($1.1 > 0 ? $1.0 * $1.0 / Double($1.1) : 0) } / total
    }
}

extension ChoiceTable.Column {
    /// The accuracies at each value.
    fileprivate func summaries(of accuracies: [Double]) -> [ChoiceEffects.Value] {
        var groups = [[Double]](repeating: [], count: values.count)
        for (row, accuracy) in zip(rows, accuracies) { groups[Int(row)].append(accuracy) }
        return zip(values, groups).map { value, group in
            let sorted = group.sorted()
            let mean = group.reduce(0, +) / Double(max(group.count, 1))
            return ChoiceEffects.Value(
                value: value, count: group.count, mean: mean,
                quantiles: [0.05, 0.25, 0.5, 0.75, 0.95, 1].map { sorted.quantile($0) })
        }
    }
}

extension [Double] {
    /// The quantile of ascending values, between neighbours by their distance.
    func quantile(_ share: Double) -> Double {
        guard let last else { return 0 }
        let place = share * Double(count - 1)
        let lower = Int(place)
        guard lower + 1 < count else { return last }
        return self[lower] + (place - Double(lower)) * (self[lower + 1] - self[lower])
    }
}
