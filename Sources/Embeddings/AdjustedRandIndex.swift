import FileFormats

/// How well two ways to part the same things agree, corrected for chance.
///
/// L. Hubert, P. Arabie: Comparing partitions. Journal of Classification 2 (1985).
public enum AdjustedRandIndex {
    /// 1 for equal partitions, whatever their numbers are; about 0 for partitions that have nothing to do with each other;
    /// below 0 for less than that. As scikit-learn's `adjusted_rand_score`.
    ///
    /// - Parameters:
    ///   - first: each thing's number in one partition.
    ///   - second: each thing's number in the other.
    /// - Returns: the index, from -0.5 to 1.
    /// - Throws: `DuetError` of kind `badData`, when the partitions are not of the same number of things.
    public static func score(_ first: [Int], _ second: [Int]) throws -> Double {
        guard first.count == second.count else {
            throw DuetError(
                .badData,
                "the adjusted Rand index compares partitions of the same things; they have \(first.count) and "
                    + "\(second.count)")
        }
        let (a, rows) = numbered(first)
        let (b, columns) = numbered(second)
        var cells = [Int](repeating: 0, count: rows * columns)
        var rowSums = [Int](repeating: 0, count: rows)
        var columnSums = [Int](repeating: 0, count: columns)
        for (i, j) in zip(a, b) {
            cells[i * columns + j] += 1
            rowSums[i] += 1
            columnSums[j] += 1
        }
        return score(
            together: pairs(cells), inFirst: pairs(rowSums), inSecond: pairs(columnSums), all: pairs([a.count]))
    }

    /// - Parameters:
    ///   - together: pairs that are together in both partitions.
    ///   - inFirst: pairs that are together in the first.
    ///   - inSecond: pairs that are together in the second.
    ///   - all: all pairs.
    /// - Returns: the index.
    private static func score(together: Double, inFirst: Double, inSecond: Double, all: Double) -> Double {
        // No pair is together in one partition and apart in the other: they are equal.
        guard inFirst != together || inSecond != together else { return 1 }
        let expected = inFirst * inSecond / all
        return (together - expected) / ((inFirst + inSecond) / 2 - expected)
    }

    /// The number of pairs within groups of these sizes.
    private static func pairs(_ sizes: [Int]) -> Double {
        sizes.reduce(0) { $0 + Double($1 * ($1 - 1) / 2) }
    }
}
