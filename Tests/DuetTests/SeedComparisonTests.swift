import Duet
import FileFormats
import Foundation
import TestSupport
import Testing

/// Comparisons over several seeds, and their statistics, which count groups and not examples.
@Suite(.serialized)
struct SeedComparisonTests {
    @Test func signFlipsAreSciPys() throws {
        for example in try StatisticsFixture.load().signFlips {
            let test = SignFlipTest(differences: example.differences)
            #expect(isClose(test.pValue, example.pValue), "\(example.differences)")
            #expect(test.differingGroups == example.differences.count { $0 != 0 })
        }
        #expect(SignFlipTest(differences: []).pValue == 1)
    }

    /// Groups of one example are what McNemar's test counts.
    @Test(arguments: [(15, 5), (0, 3), (7, 7), (700, 800)])
    func groupsOfOneAreMcNemars(first: Int, second: Int) {
        let test = SignFlipTest(
            differences: Array(repeating: 1, count: first) + Array(repeating: -1, count: second) + [0, 0])
        let exact = McNemarTest(onlyFirstCorrect: first, onlySecondCorrect: second).pValue
        #expect(isClose(test.pValue, exact, tolerance: 1e-10))
    }

    @Test func intervalsAreSciPys() throws {
        for example in try StatisticsFixture.load().bootstrap {
            let outcomes = example.correct.map { correct in
                zip(example.counts, correct).enumerated().flatMap { group, entry in
                    (0..<entry.0).map { (isCorrect: $0 < entry.1, group: Int32(group)) }
                }
            }
            let accuracy = GroupedAccuracy(
                areCorrect: outcomes.map { $0.map(\.isCorrect) }, groups: outcomes.map { $0.map(\.group) })
            #expect(isClose(accuracy.mean, example.mean))
            #expect(accuracy.groups == example.counts.count && accuracy.seeds.count == example.correct.count)
            // Quantiles of 10,000 and of 100,000 draws: within a twentieth of the interval.
            let tolerance = (example.high - example.low) / 20
            #expect(abs(accuracy.low - example.low) < tolerance && abs(accuracy.high - example.high) < tolerance)
        }
    }

    @Test func withoutMistakesTheGroupsAreTheTrials() {
        let accuracy = GroupedAccuracy(
            areCorrect: [Array(repeating: true, count: 90)], groups: [(0..<90).map { Int32($0 / 3) }])
        let wilson = WilsonInterval(successes: 30, of: 30)
        #expect(accuracy.low == wilson.low && accuracy.high == 1)
    }

    @Test func modelsAreComparedOverSeedsAndWithTheirSpecialists() throws {
        let data = try SmallData()
        defer { data.remove() }
        let trainings = [UInt64(3), 8].map { seed in
            [nil, "image", "audio"].map { modality in
                var configuration = data.configuration("seed-\(seed)/\(modality ?? "all")")
                (configuration.seed, configuration.epochs, configuration.branchLossWeight) = (seed, 2, 1)
                if let modality { (configuration.modalities, configuration.branchLossWeight) = ([modality], 0) }
                return configuration
            }
        }
        var single: [UInt64: Comparison] = [:]
        let comparison = try SeedComparison.train(trainings, finished: { single[$1] = $0 })
        #expect(
            comparison.seeds == [3, 8] && comparison.entries.map(\.model) == ["small", "small-image", "small-audio"])
        for (index, entry) in comparison.entries.enumerated() {
            let accuracies = [3, 8].map { single[$0]?.entries[index].evaluation.accuracies.all.accuracy }
            #expect(entry.accuracies.all.seeds == accuracies.compactMap { $0 })
            #expect(entry.accuracies.all.groups == 40)
            #expect((entry.againstBest == nil) == (entry.model == comparison.best))
        }
        #expect(comparison.entries[0].accuracies.alone.map(\.modality) == ["audio", "image"])
        let gain = try #require(comparison.entries[0].gain)
        let best = comparison.entries[1...].max { $0.accuracies.all.mean < $1.accuracies.all.mean }
        #expect(gain.specialist == best?.model && comparison.entries[1].gain == nil)
        #expect(isClose(gain.gain, comparison.entries[0].accuracies.all.mean - (best?.accuracies.all.mean ?? 0)))

        let again = try SeedComparison.train(trainings, resume: true)
        #expect(try JSON.text(again) == JSON.text(comparison))
    }
}
