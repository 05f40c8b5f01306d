import Datasets
import Duet
import FileFormats
import Foundation
import Testing
import TestSupport

/// What a trained model is asked about itself, checked against what must hold by construction.
@Suite(.serialized)
struct ExplanationTests {
    private struct Trained {
        let model: TrainedModel
        let dataset: PairedDataset
        let rows: [Int]
        let opinions: PairOpinions
        let explainer: Explainer
    }

    private func withTrained(_ body: (Trained) throws -> Void) throws {
        let data = try SmallData()
        defer { data.remove() }
        let model = try data.train(data.configuration()).model
        let dataset = try DatasetFolder(data.folder).load()
        let evaluator = try Evaluator(model)
        let rows = try evaluator.rows(of: .test, in: dataset, place: "data")
        let opinions = try evaluator.evaluate(dataset, rows: rows, on: .test).opinions
        try body(
            Trained(
                model: model, dataset: dataset, rows: rows, opinions: opinions,
                explainer: try Explainer(model, dataset)))
    }

    @Test func theLastLayerMakesTheProbabilitiesFromTheHiddenOne() throws {
        try withTrained { trained in
            let layers = try trained.explainer.hiddenLayers(trained.rows)
            #expect(layers.fused.name == "head.batch_normalization" && layers.fused.width == 8)
            #expect(layers.image.width == 6 * 6 * 4)
            #expect(layers.audio.values.count == trained.rows.count * layers.audio.width)
            let kernel = try #require(trained.model.parameters["head.dense_1.kernel"]).values
            let bias = try #require(trained.model.parameters["head.dense_1.bias"]).values
            for position in trained.rows.indices {
                let scores = (0..<SmallData.classes).map { unit in
                    (0..<8).reduce(bias[unit]) { sum, place in
                        sum + layers.fused.values[position * 8 + place] * kernel[place * SmallData.classes + unit]
                    }
                }
                let total = scores.reduce(0) { $0 + exp($1) }
                for (score, probability) in zip(scores, trained.opinions.probabilities(.fused, at: position)) {
                    #expect(abs(exp(score) / total - probability) < 1e-5)
                }
            }
        }
    }

    @Test func contradictingPairsAreCountedAsTheyAreClassified() throws {
        try withTrained { trained in
            let contradiction = try #require(try trained.explainer.contradiction(trained.rows))
            #expect(contradiction.count == trained.rows.count)
            for index in 0..<SmallData.classes { #expect(contradiction.pairs[index][index] == 0) }
            #expect(contradiction.pairs.map { $0.reduce(0, +) } == [15, 15, 15, 15])
            // The same pairs, put together by hand.
            let truth = trained.opinions.truth
            let partners = try #require(Contradiction.partners(of: truth, seed: 0))
            let classifier = Classifier(trained.model)
            let said = try zip(trained.rows, partners).map { row, partner in
                let sound = trained.rows[partner]
                return try classifier.classify(
                    image: Array(trained.dataset.images[(row * 36)..<((row + 1) * 36)]),
                    audio: Array(trained.dataset.audio[(sound * 12)..<((sound + 1) * 12)])
                ).classIndex
            }
            #expect(contradiction.imageWins == zip(said, truth).count { $0 == $1 })
            #expect(contradiction.audioWins == zip(said, partners).count { $0 == truth[$1] })
            #expect(contradiction.neitherWins == 60 - contradiction.imageWins - contradiction.audioWins)
            #expect(try trained.explainer.contradiction(trained.rows) == contradiction)
        }
    }

    @Test func partnersAreDrawnEvenlyFromTheOtherClasses() throws {
        let truth = (0..<600).map { $0 % 3 == 0 ? 0 : $0 % 3 == 1 ? 1 : 7 }
        let partners = try #require(Contradiction.partners(of: truth, seed: 1))
        #expect(zip(truth, partners).allSatisfy { $0 != truth[$1] })
        let ones = zip(truth, partners).count { $0 == 0 && truth[$1] == 1 }
        // Of 200 draws between two equal classes, 100 and four standard deviations.
        #expect(abs(ones - 100) < 29)
        #expect(Contradiction.partners(of: [2, 2, 2], seed: 1) == nil)
    }

    @Test func theMarkedColumnCountsAndTheRestDoesNot() throws {
        try withTrained { trained in
            let usual = trained.explainer.meanImage(of: trained.rows)
            var (marked, others) = (Float(0), Float(0))
            for row in trained.rows.prefix(12) {
                let label = row % SmallData.classes
                let map = try trained.explainer.attribution(of: row, usualImage: usual)
                #expect(map.image.height == 6 && map.image.width == 6)
                #expect(map.audio.height == 12 && map.audio.width == 1)
                for (place, value) in map.image.values.enumerated() {
                    if place % 6 == label { marked += value / 6 } else { others += value / 30 }
                }
            }
            #expect(marked > 2 * abs(others), "\(marked) against \(others)")
        }
    }

    @Test func coveringWithWhatIsThereAnywayChangesNothing() throws {
        try withTrained { trained in
            let row = trained.rows[0]
            let image = Array(trained.dataset.images[(row * 36)..<((row + 1) * 36)])
            let map = try trained.explainer.attribution(of: row, usualImage: image)
            #expect(map.image.values.allSatisfy { abs($0) < 1e-6 })
            #expect(map.audio.values.contains { abs($0) > 1e-4 })
        }
    }

    @Test(arguments: [(28, 28), (39, 13), (507, 1), (1, 1), (3, 2), (10, 40)])
    func patchesCoverEveryPlace(height: Int, width: Int) {
        let grid = OcclusionGrid(height: height, width: width)
        #expect(Set(grid.patches.flatMap { $0 }) == Set(0..<(height * width)))
        // Equal worth everywhere is equal worth at every place.
        let spread = grid.spread([Float](repeating: 0.5, count: grid.patches.count))
        #expect(spread.allSatisfy { $0 == 0.5 } && spread.count == height * width)
    }

    @Test func mistakesComeWorstFirst() {
        let opinions = PairOpinions(
            rows: [4, 5, 6, 7], truth: [0, 0, 1, 1], classCount: 2,
            fused: [0.4, 0.6, 0.1, 0.9, 0.2, 0.8, 0.7, 0.3], imageOnly: [1, 0, 1, 0, 1, 0, 1, 0],
            audioOnly: [0, 1, 0, 1, 0, 1, 0, 1])
        #expect(opinions.mistakes == [1, 3, 0])
        #expect(opinions.said(.fused) == [1, 1, 1, 0])
        #expect(opinions.said(.image) == [0, 0, 0, 0] && opinions.said(.audio, at: 2) == 1)
    }

    @Test func aHistoryIsReadAsItWasWritten() throws {
        let data = try SmallData()
        defer { data.remove() }
        let configuration = data.configuration()
        let history = try data.train(configuration).history
        let folder = RunFolder(URL(fileURLWithPath: configuration.output))
        #expect(try TrainingHistory(contentsOf: folder.history) == history)
        let broken = try String(contentsOf: folder.history, encoding: .utf8)
            .replacingOccurrences(of: "joint,3", with: "joint,three")
        try Data(broken.utf8).write(to: folder.history)
        let error = #expect(throws: DuetError.self) { try TrainingHistory(contentsOf: folder.history) }
        #expect(error?.message.hasSuffix("history.csv:4: 'three' is no epoch") == true)
    }
}
