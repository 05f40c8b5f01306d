import FileFormats
import Foundation

/// Whether two classifiers that were measured on the same examples really differ: McNemar's test.
///
/// Only the examples that one gets right and the other wrong tell the two apart. If the classifiers were equally good,
/// each of these would fall to either side like a coin; the p-value is how likely a split at least as uneven would be.
/// Always the exact binomial test, never the chi-squared approximation. Q. McNemar, 1947.
public struct McNemarTest: Sendable, Equatable, Codable {
    /// The number of examples that only the first classifier gets right.
    public let onlyFirstCorrect: Int
    /// The number of examples that only the second classifier gets right.
    public let onlySecondCorrect: Int
    /// The two-sided p-value, 0 to 1: small where the difference is unlikely to be chance.
    public let pValue: Double

    /// Compares two classifiers, example by example.
    ///
    /// - Parameters:
    ///   - first: whether the first classifier is right, for each example.
    ///   - second: the same for the second, in the same order.
    /// - Throws: `DuetError` of kind `badData` where the lists differ in length.
    public init(first: [Bool], second: [Bool]) throws {
        guard first.count == second.count else {
            let lengths = "\(first.count) and \(second.count)"
            throw DuetError(.badData, "two classifiers can be compared on the same examples only, not on \(lengths)")
        }
        let pairs = zip(first, second)
        self.init(
            onlyFirstCorrect: pairs.count { $0 && !$1 },
            onlySecondCorrect: pairs.count { !$0 && $1 }
        )
    }

    /// The test from the two counts that it needs. Negative counts count as 0.
    public init(onlyFirstCorrect: Int, onlySecondCorrect: Int) {
        self.onlyFirstCorrect = max(0, onlyFirstCorrect)
        self.onlySecondCorrect = max(0, onlySecondCorrect)
        pValue = Self.pValue(self.onlyFirstCorrect, self.onlySecondCorrect)
    }

    /// Twice the binomial distribution's tail: P(X ≤ min(b, c)) for X of b + c fair coins.
    private static func pValue(_ b: Int, _ c: Int) -> Double {
        let (smaller, count) = (min(b, c), b + c)
        if b == c { return 1 }
        // The tail's largest term by logarithms, which cannot overflow; each further one from the one before.
        let logBinomial = logFactorial(count) - logFactorial(smaller) - logFactorial(count - smaller)
        var term = exp(logBinomial - Double(count) * log(2))
        var tail = 0.0
        for successes in stride(from: smaller, through: 0, by: -1) {
            tail += term
            if term < tail * 1e-17 { break }
            term *= Double(successes) / Double(count - successes + 1)
        }
        return min(1, 2 * tail)
    }

    private static func logFactorial(_ n: Int) -> Double {
        lgamma(Double(n) + 1).0
    }
}
