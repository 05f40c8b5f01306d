extension ConfusionMatrix {
    /// How well one class is told from the others, or the mean of that over the classes.
    public struct ClassMetrics: Sendable, Equatable, Codable {
        /// Of the examples that were predicted to be of the class, the fraction that is, 0 to 1; 0 if there are none.
        public var precision: Double
        /// Of the examples of the class, the fraction that was predicted to be, 0 to 1; 0 if there are none.
        public var recall: Double
        /// The harmonic mean of precision and recall; 0 if there is nothing to tell of either.
        public var f1: Double
        /// The number of examples of the class.
        public var support: Int
    }

    /// The metrics of every class, in their order. Undefined ratios are 0, as in scikit-learn.
    public var perClass: [ClassMetrics] {
        counts.indices.map { index in
            let hits = counts[index][index]
            let (support, predicted) = (support(of: index), predictions(of: index))
            return ClassMetrics(
                precision: ratio(hits, predicted),
                recall: ratio(hits, support),
                f1: ratio(2 * hits, predicted + support),
                support: support
            )
        }
    }

    /// The plain mean of the metrics over the classes that occur in the labels or in the predictions, as in scikit-learn:
    /// a class that is neither there nor predicted says nothing. All 0 without examples.
    public var macroAverage: ClassMetrics {
        let all = perClass
        let occurring = all.indices.filter { support(of: $0) + predictions(of: $0) > 0 }.map { all[$0] }
        func mean(_ metric: (ClassMetrics) -> Double) -> Double {
            occurring.isEmpty ? 0 : occurring.reduce(0) { $0 + metric($1) } / Double(occurring.count)
        }
        return ClassMetrics(precision: mean(\.precision), recall: mean(\.recall), f1: mean(\.f1), support: total)
    }

    private func support(of index: Int) -> Int {
        counts[index].reduce(0, +)
    }

    private func predictions(of index: Int) -> Int {
        counts.reduce(0) { $0 + $1[index] }
    }
}
