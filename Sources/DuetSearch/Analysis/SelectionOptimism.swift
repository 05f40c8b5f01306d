/// How much better the best of many networks looks than it is, because it was chosen by the examples that it is measured on.
///
/// Measured, not assumed: the validation examples are ten folds that share no group. Five of them choose the most accurate network, the
/// other five say how accurate it is where nobody chose; so for each way to take five of ten. A half has fewer examples than the whole, so
/// the difference is more than that of a choice by all of them.
public struct SelectionOptimism: Codable, Equatable, Sendable {
    /// How many networks were compared.
    public let networks: Int
    /// In how many ways the folds were halved.
    public let halvings: Int
    /// The mean accuracy of the chosen network on the examples by which it was chosen.
    public let chosen: Double
    /// Its mean accuracy on the other examples.
    public let unseen: Double

    /// The difference.
    public var optimism: Double { chosen - unseen }

    /// - Parameters:
    ///   - correct: of each network how many examples of each fold it is right about.
    ///   - sizes: the number of examples of each fold.
    ///
    /// It is nil where there is no network, or a fold is empty.
    package init?(correct: [[Int32]], sizes: [Int]) {
        let folds = sizes.count
        guard !correct.isEmpty, folds > 1, folds <= 16, sizes.allSatisfy({ $0 > 0 }) else { return nil }
        let counts = correct.flatMap { $0 }
        let total = sizes.reduce(0, +)
        let halves = (0..<(1 << folds)).filter { $0.nonzeroBitCount == folds / 2 }
        var (chosen, unseen) = (0.0, 0.0)
        for half in halves {
            let inside = (0..<folds).filter { half >> $0 & 1 == 1 }
            let size = inside.reduce(0) { $0 + sizes[$1] }
            let best = Self.best(counts, folds, inside)
            chosen += Double(best.inside) / Double(size)
            unseen += best.outside / Double(total - size)
        }
        networks = correct.count
        halvings = halves.count
        self.chosen = chosen / Double(halves.count)
        self.unseen = unseen / Double(halves.count)
    }

    /// What is most in some folds, and how much is in the others then: the mean of all networks with as much.
    private static func best(_ counts: [Int32], _ folds: Int, _ inside: [Int]) -> (inside: Int32, outside: Double) {
        var (most, others, ties) = (Int32(-1), 0, 0)
        counts.withUnsafeBufferPointer { counts in
            for start in stride(from: 0, to: counts.count, by: folds) {
                var (all, part) = (Int32(0), Int32(0))
                for fold in 0..<folds { all += counts[start + fold] }
                for fold in inside { part += counts[start + fold] }
                if part > most { (most, others, ties) = (part, 0, 0) }
                if part == most {
                    others += Int(all - part)
                    ties += 1
                }
            }
        }
        return (most, Double(others) / Double(max(ties, 1)))
    }
}

extension Study {
    /// How much better the best network looks than it is.
    /// - Returns: nil where the study does not train every network, or the validation examples are of too few groups.
    /// - Throws: `DuetError` where the study cannot be read.
    public func selectionOptimism() throws -> SelectionOptimism? {
        guard try sampling() == nil else { return nil }
        return SelectionOptimism(correct: try correctByFold(), sizes: try validationFolds())
    }
}
