import Datasets
import Duet
import FileFormats
import Foundation
import NeuralNetwork
import TestSupport
import Testing

/// Temperature, prediction sets and abstention: their numbers, and what a training leaves of them in its model file.
@Suite(.serialized)
struct ConfidenceCalibrationTests {
    /// Inputs, and what SciPy and crepes make of them: `Tests/Fixtures/statistics/make_conformal.py`.
    private struct Conformal: Decodable {
        let classes: Int, labels: [Int], probabilities: [Float], temperature: Double
        let testProbabilities: [Float], sets: [String: [[Int]]]
    }

    @Test func temperatureIsSciPysAndPredictionSetsAreCrepess() throws {
        let expected = try JSONDecoder().decode(
            Conformal.self, from: Data(contentsOf: fixture("statistics/conformal.json")))
        let calibration = ConfidenceCalibration(probabilities: expected.probabilities, labels: expected.labels)
        #expect(isClose(Double(calibration.temperature), expected.temperature, tolerance: 1e-5))
        var probabilities = expected.testProbabilities
        calibration.calibrate(&probabilities, width: expected.classes)
        #expect(expected.sets.count == 5)
        for (coverage, sets) in expected.sets {
            for (example, set) in sets.enumerated() {
                let row = Array(probabilities[(example * expected.classes)..<((example + 1) * expected.classes)])
                let found = calibration.predictionSet(of: row, coverage: try #require(Double(coverage)))
                #expect(found.sorted() == set, "coverage \(coverage), example \(example)")
                #expect(found == found.sorted { row[$0] > row[$1] })
            }
        }
    }

    /// New examples of the same kind: the promise itself, within what 4,000 draws may deviate by chance.
    @Test func setsContainTheTrueClassAsOftenAsPromised() throws {
        func draw(_ count: Int, from first: Int) -> (labels: [Int], probabilities: [Float]) {
            var labels: [Int] = []
            var probabilities: [Float] = []
            for example in first..<(first + count) {
                // Scores without a pattern, of a model that is too sure and right in about 80 % of the examples.
                let scores = (0..<3).map { sin(Double(example * 3 + $0) * 12.9898) * 43758.5453 }.map {
                    $0 - $0.rounded(.down)
                }
                labels.append(example % 3)
                let powers = scores.enumerated().map { exp(8 * ($1 + ($0 == example % 3 ? 0.55 : 0))) }
                probabilities += powers.map { Float($0 / powers.reduce(0, +)) }
            }
            return (labels, probabilities)
        }
        let (known, new) = (draw(4000, from: 0), draw(4000, from: 4000))
        let calibration = ConfidenceCalibration(probabilities: known.probabilities, labels: known.labels)
        #expect(calibration.temperature > 1.1)
        var probabilities = new.probabilities
        calibration.calibrate(&probabilities, width: 3)
        let rows = new.labels.indices.map { Array(probabilities[($0 * 3)..<(($0 + 1) * 3)]) }
        for coverage in [0.6, 0.9, 0.95, 0.99] {
            let hits = zip(rows, new.labels).count {
                calibration.predictionSet(of: $0, coverage: coverage).contains($1)
            }
            #expect(abs(Double(hits) / 4000 - coverage) < 0.025, "\(coverage): \(hits)")
        }
        for share in [0.0, 0.1, 0.5] {
            let abstained = rows.count { calibration.abstains(on: $0, share: share) }
            #expect(abs(Double(abstained) / 4000 - share) < 0.03, "\(share): \(abstained)")
        }
    }

    /// A small model file's calibration: quantiles that keep every promise, and ask for little more than all scores do.
    @Test func fewerScoresPromiseNoLess() throws {
        let scores = (0..<5502).map { Float($0) / 5502 }
        let whole = try ConfidenceCalibration(
            temperature: 2, scores: scores, uncertainties: scores, outOfDistributionScores: scores.map { $0 * 9 - 2 })
        let thin = try whole.thinned(to: 1000)
        #expect([thin.scores, thin.uncertainties, thin.outOfDistributionScores].allSatisfy { $0.count == 1000 })
        #expect(thin.temperature == 2 && thin.scores.last == scores.last)
        for percent in 1...99 {
            let row = [Float(percent) / 100, 1 - Float(percent) / 100]
            let coverage = Double(percent) / 100
            let (few, all) = (
                thin.predictionSet(of: row, coverage: coverage), whole.predictionSet(of: row, coverage: coverage)
            )
            #expect(Set(few).isSuperset(of: all))
            if thin.abstains(on: row, share: coverage) { #expect(whole.abstains(on: row, share: coverage)) }
            // A score that is one of a thousand further on.
            let near = whole.predictionSet(of: row, coverage: min(coverage + 0.0021, 0.9999))
            #expect(Set(near).isSuperset(of: few))
        }
        #expect(try whole.thinned(to: 6000) == whole)
    }

    /// 1 less the probability would be 0 for each of these.
    @Test func probabilitiesThatRoundToOneAreToldApart() {
        let rows: [[Float]] = [[1, 1e-9], [1, 1e-12], [1, 1e-15]]
        let calibration = ConfidenceCalibration(probabilities: rows.flatMap { $0 }, labels: [0, 0, 0])
        #expect(Set(calibration.scores).count == 3)
        var middle: [Float] = rows[1]
        calibration.calibrate(&middle, width: 2)
        #expect(calibration.abstains(on: middle, share: 0.7))
        #expect(!calibration.abstains(on: middle, share: 0.3))
    }

    @Test func aTrainingLeavesACalibrationInItsModelFile() throws {
        let data = try SmallData()
        defer { data.remove() }
        let outcome = try data.train(data.configuration("run"))
        let file = RunFolder(URL(fileURLWithPath: data.configuration("run").output)).model
        let saved = try TrainedModel(contentsOf: file)
        let calibration = try #require(saved.calibration)
        #expect(calibration == outcome.model.calibration)
        let modalities = saved.architecture.modalities.map(\.name)
        #expect(calibration.alone.map(\.modality) == modalities)
        let validation = try TrainingData(data.configuration("run")).split.validation.count
        #expect(calibration.entries.allSatisfy { $0.value.scores.count == validation })
        // What was measured, predicted and saved is one.
        let uncertainty = try #require(outcome.test.evaluation.uncertainty)
        #expect(uncertainty.all.temperature == calibration.all.temperature)
        #expect(uncertainty.all.predictionSets.map(\.target) == [0.9, 0.95, 0.99])
        let dataset = try DatasetFolder(data.folder).load()
        let classifier = try Classifier(saved, uncertainty: UncertaintySettings(coverage: 0.95, abstention: 0.1))
        let predictions = try classifier.predict(dataset)
        let (rows, labels) = (outcome.test.predictions.rows, outcome.test.predictions.labels)
        let hits = zip(rows, labels).count { predictions[$0].predictionSet?.contains(saved.classNames[$1]) == true }
        #expect(Double(hits) / Double(rows.count) == uncertainty.all.predictionSets[1].coverage.accuracy)
        let abstained = rows.count { predictions[$0].abstains == true }
        let share = uncertainty.all.abstention.first { $0.target == 0.1 }?.share ?? -1
        #expect(abs(Double(abstained) / Double(rows.count) - share) < 1e-9)

        var tensors = try SafetensorsFile(contentsOf: file)
        tensors.tensors.removeAll { $0.name == "calibration.image.scores" }
        try tensors.write(to: file, overwrite: true)
        let error = #expect(throws: DuetError.self) { try TrainedModel(contentsOf: file) }
        #expect(error.map { "\($0)" }?.contains("no 'calibration.image.scores'") == true)
        tensors.tensors.removeAll { $0.name.hasPrefix("calibration.") }
        try tensors.write(to: file, overwrite: true)
        let bare = try TrainedModel(contentsOf: file)
        #expect(bare.calibration == nil)
        let refusal = #expect(throws: DuetError.self) {
            try Classifier(bare, uncertainty: UncertaintySettings(coverage: 0.9))
        }
        #expect(refusal?.kind == .badData)
    }

    @Test(arguments: [(1.5, nil), (0.4, nil), (.nan, nil), (nil, 0.95), (nil, -0.1)] as [(Double?, Double?)])
    func sharesThatAreNoneAreRefused(coverage: Double?, abstention: Double?) {
        let error = #expect(throws: DuetError.self) {
            try UncertaintySettings(coverage: coverage, abstention: abstention)
        }
        #expect(error?.kind == .usage)
    }
}
