import Foundation
import ParameterSearch
import SeededRandom
import Testing

@Suite("Densities of sets of points")
struct ParzenMixtureTests {
    /// A space of options and integers, with parameters that depend on others: 3 · 4 + 2 · 5 points.
    static func walk(_ choose: ParameterChooser) {
        if choose("a", .categorical(count: 2)) == 0 {
            _ = choose("b", .ordinal(count: 3))
            _ = choose("c", .integer(1...4, logarithmic: true))
        } else {
            _ = choose("d", .categorical(count: 2))
            _ = choose("e", .integer(-2...2))
        }
    }

    static let points: [ParameterPoint] = [
        ["a": 0, "b": 2, "c": 1], ["a": 0, "b": 2, "c": 3], ["a": 1, "d": 0, "e": -2], ["a": 0, "b": 0, "c": 4],
    ]

    @Test("Probabilities of all points add up to 1, and draws come as often as they say", arguments: [0, 1, 4])
    func probabilities(count: Int) {
        var mixture = ParzenMixture(points: Array(Self.points.prefix(count)))
        var generator = SeededGenerator(seed: 8)
        var counts: [ParameterPoint: Int] = [:]
        var logDensities: [ParameterPoint: Double] = [:]
        let draws = 30_000
        for _ in 0..<draws {
            let candidate = mixture.sample(Self.walk, using: &generator)
            counts[candidate.point, default: 0] += 1
            if logDensities[candidate.point] == nil {
                logDensities[candidate.point] = mixture.logDensity(of: candidate)
            }
        }
        // All 22 points are drawn: the prior's part alone makes each likely.
        #expect(counts.count == 22)
        #expect(abs(logDensities.values.reduce(0) { $0 + exp($1) } - 1) < 1e-12)
        let chiSquare = counts.reduce(0.0) { sum, entry in
            let expected = Double(draws) * exp(logDensities[entry.key]!)
            return sum + pow(Double(entry.value) - expected, 2) / expected
        }
        #expect(chiSquare < 46.8, "less likely than 1 in 1,000 with 21 degrees of freedom")
    }

    @Test("Where points are, the density is larger")
    func concentration() {
        var mixture = ParzenMixture(points: Self.points)
        var prior = ParzenMixture(points: [])
        var candidate = Candidate()
        candidate.point = Self.points[0]
        candidate.kinds = [.categorical(count: 2), .ordinal(count: 3), .integer(1...4, logarithmic: true)]
        #expect(mixture.logDensity(of: candidate) > prior.logDensity(of: candidate) + 0.5)
    }
}
