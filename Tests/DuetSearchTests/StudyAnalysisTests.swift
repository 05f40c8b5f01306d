import Duet
import DuetSearch
import Foundation
import Testing

/// What is made of a study's results, against statsmodels and plain counting.
struct StudyAnalysisTests {
    /// `Tests/Fixtures/search/study.json`.
    private struct Fixture: Decodable {
        struct Variance: Decodable {
            let rows: [[Int]]
            let accuracies: [Double]
            let shares: [String: Double]
        }
        struct Halves: Decodable {
            let sizes: [Int]
            let correct: [[Int32]]
            let halvings: Int
            let chosen: Double
            let unseen: Double
        }
        let variance: Variance
        let halves: Halves

        init() throws {
            let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("../Fixtures/search/study.json")
            self = try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: file))
        }
    }

    @Test func effectsAreThoseOfAnAnalysisOfVariance() throws {
        let expected = try Fixture().variance
        let choices = ChoiceTable(
            expected.rows.map { row in
                zip(["a", "b", "c"], row).map { Hyperparameter(name: $0, value: "\($1)") }
            })
        let effects = ChoiceEffects(choices, accuracies: expected.accuracies)
        #expect(effects.effects.map(\.importance) == effects.effects.map(\.importance).sorted(by: >))
        for effect in effects.effects {
            let share = try #require(expected.shares[effect.name])
            #expect(abs(effect.importance - share) < 1e-9, "\(effect.name)")
        }
        #expect(effects.interactions.count == 3)
        for interaction in effects.interactions {
            let name = interaction.names.joined(separator: " ")
            let share = try #require(expected.shares[name])
            #expect(abs(interaction.importance - share) < 1e-9, "\(name)")
        }
        let first = try #require(effects.effects.first { $0.name == "a" }?.values.first)
        let group = expected.accuracies.prefix(8).sorted()
        #expect(first.value == "0" && first.count == 8 && first.quantiles[5] == group[7])
        #expect(abs(first.quantiles[2] - (group[3] + group[4]) / 2) < 1e-12)
    }

    @Test func theWinnersLeadIsMeasuredOnWhatDidNotChoose() throws {
        let expected = try Fixture().halves
        let optimism = try #require(SelectionOptimism(correct: expected.correct, sizes: expected.sizes))
        #expect(optimism.halvings == expected.halvings && optimism.networks == expected.correct.count)
        #expect(abs(optimism.chosen - expected.chosen) < 1e-12 && abs(optimism.unseen - expected.unseen) < 1e-12)
        #expect(SelectionOptimism(correct: [], sizes: [1, 1]) == nil)
        #expect(SelectionOptimism(correct: [[1, 0]], sizes: [1, 0]) == nil)
    }

    @Test func choicesAreInOrderAndNamedAsShortAsCanBe() {
        let table = ChoiceTable([
            [
                Hyperparameter(name: "image Dense units @12:4", value: "16"),
                Hyperparameter(name: "image optional Dropout @9:4", value: "yes"),
                Hyperparameter(name: "image Dropout rate @9:20", value: "0.5"),
            ],
            [
                Hyperparameter(name: "image Dense units @12:4", value: "8"),
                Hyperparameter(name: "image optional Dropout @9:4", value: "no"),
            ],
            [
                Hyperparameter(name: "image Dense units @15:4", value: "8"),
                Hyperparameter(name: "image Dense units @12:4", value: "128"),
                Hyperparameter(name: "image optional Dropout @9:4", value: "no"),
            ],
        ])
        #expect(
            table.columns.map(\.name) == [
                "image optional Dropout", "image Dropout rate", "image Dense units @12:4", "image Dense units @15:4",
            ])
        #expect(table.columns[2].values == ["8", "16", "128"])
        #expect((0..<3).map { table.columns[1].text($0) } == ["0.5", "", ""])
        #expect(table.columns[1].values == ["0.5", ChoiceTable.absent])
    }
}
