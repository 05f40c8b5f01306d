/// Whether two classifiers that were measured on the same examples really differ, where the examples come in groups, such as those
/// that share a recording: a permutation test that flips the signs of the groups' differences (Fisher 1935).
///
/// If the classifiers were equally good, each group's difference would be as likely with the other sign. The p-value is the share
/// of all ways to choose the signs in which the sum is at least as far from 0: exactly, since the differences are whole numbers
/// and the distribution of their sum can be computed one group after another. Examples of one group are never taken for
/// independent ones. With groups of one example it is McNemar's exact test.
public struct SignFlipTest: Codable, Equatable, Sendable {
    /// The number of groups in which the two differ.
    public let differingGroups: Int
    /// The two-sided p-value, 0 to 1: small where the difference is unlikely to be chance.
    public let pValue: Double

    /// Tests differences.
    /// - Parameter differences: for each group, the examples that the first classifies correctly less those that the second does. Over
    ///   several seeds, their sum.
    public init(differences: [Int]) {
        let sizes = differences.filter { $0 != 0 }.map(abs)
        differingGroups = sizes.count
        let observed = abs(differences.reduce(0, +))
        // The probability of each sum from −reach to reach, of the groups so far.
        var probabilities = [1.0]
        var reach = 0
        for size in sizes {
            var next = [Double](repeating: 0, count: 2 * (reach + size) + 1)
            for (place, probability) in probabilities.enumerated() {
                next[place] += probability / 2
                next[place + 2 * size] += probability / 2
            }
            reach += size
            probabilities = next
        }
        pValue = min(
            1, probabilities.enumerated().reduce(0) { abs($1.offset - reach) >= observed ? $0 + $1.element : $0 })
    }
}
