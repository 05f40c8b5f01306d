import SeededRandom

/// Whether two classifiers that were measured on the same examples really differ, where the examples come in groups, such as those
/// that share a recording: a permutation test that flips the signs of the groups' differences (Fisher 1935).
///
/// If the classifiers were equally good, each group's difference would be as likely with the other sign. The p-value is the share
/// of all ways to choose the signs in which the sum is at least as far from 0: of all of them for up to 16 groups that differ,
/// else of 20,000 random ones, the given one counted too. Examples of one group are never taken for independent ones.
public struct SignFlipTest: Codable, Equatable, Sendable {
    /// The number of groups in which the two differ.
    public let differingGroups: Int
    /// The two-sided p-value, 0 to 1: small where the difference is unlikely to be chance.
    public let pValue: Double

    private static let largestEnumeration = 16
    private static let draws = 20_000

    /// Tests differences.
    /// - Parameters:
    ///   - differences: for each group, the examples that the first classifies correctly less those that the second does. Over several
    ///     seeds, their sum.
    ///   - seed: the random seed of the draws.
    public init(differences: [Int], seed: UInt64 = 0) {
        let sizes = differences.filter { $0 != 0 }.map(abs)
        differingGroups = sizes.count
        let observed = abs(differences.reduce(0, +))
        guard observed > 0 else {
            pValue = 1
            return
        }
        if sizes.count <= Self.largestEnumeration {
            let all = 1 << sizes.count
            let extreme = (0..<all).count { signs in
                var sum = 0
                for (index, size) in sizes.enumerated() { sum += signs >> index & 1 == 0 ? size : -size }
                return abs(sum) >= observed
            }
            pValue = Double(extreme) / Double(all)
        } else {
            var generator = SeededGenerator(seed: seed, stream: "sign-flips")
            let extreme = (0..<Self.draws).count { _ in
                var (sum, bits) = (0, UInt64(0))
                for (index, size) in sizes.enumerated() {
                    if index % 64 == 0 { bits = generator.next() }
                    sum += bits & 1 == 0 ? size : -size
                    bits >>= 1
                }
                return abs(sum) >= observed
            }
            pValue = Double(extreme + 1) / Double(Self.draws + 1)
        }
    }
}
