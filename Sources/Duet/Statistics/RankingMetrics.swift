/// How well a score tells two kinds of examples apart.
public struct RankingMetrics: Codable, Equatable, Sendable {
    /// The area under the receiver operating characteristic: the probability that an example of the one kind has a higher score than
    /// one of the other; equal scores count half.
    public let auroc: Double
    /// The share of the kind that should score low that is taken for the other one, at the threshold that 95 % of the other reach.
    public let falsePositiveRate95: Double

    /// Measures scores.
    /// - Parameters:
    ///   - low: those of the kind that should score low; at least one.
    ///   - high: those of the kind that should score high; at least one.
    public init(low: [Float], high: [Float]) {
        let ranked = (low.map { ($0, false) } + high.map { ($0, true) }).sorted { $0.0 < $1.0 }
        // The sum over the pairs, one run of equal scores after another.
        var (wins, lowBefore, index) = (0.0, 0, 0)
        while index < ranked.count {
            let end = ranked[index...].firstIndex { $0.0 != ranked[index].0 } ?? ranked.count
            let highs = ranked[index..<end].count { $0.1 }
            let lows = end - index - highs
            wins += Double(highs) * (Double(lowBefore) + Double(lows) / 2)
            lowBefore += lows
            index = end
        }
        auroc = wins / (Double(low.count) * Double(high.count))
        // The smallest of the scores that at least 95 % reach.
        let reached = Int((Double(high.count) * 0.95 - 1e-9).rounded(.up))
        let threshold = high.sorted(by: >)[max(reached, 1) - 1]
        falsePositiveRate95 = Double(low.count { $0 >= threshold }) / Double(low.count)
    }
}
