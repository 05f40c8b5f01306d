import Datasets
import Duet
import FileFormats
import Foundation
import NeuralNetwork
import Testing
import TestSupport

/// What a trained model is asked about itself, checked against what must hold by construction.
@Suite(.serialized)
struct ExplanationTests {
    private struct Trained {
        let model: TrainedModel
        let dataset: Dataset
        let rows: [Int]
        let predictions: EvaluatedPredictions
        let explainer: Explainer
    }

    private func withTrained(_ body: (Trained) throws -> Void) throws {
        let data = try SmallData()
        defer { data.remove() }
        // As the network gives them: calibrated probabilities are not the last layer's.
        var model = try data.train(data.configuration()).model
        model.calibration = nil
        let dataset = try DatasetFolder(data.folder).load()
        let evaluator = try Evaluator(model)
        let rows = try evaluator.rows(of: .test, in: dataset, place: "data")
        let predictions = try evaluator.evaluate(dataset, rows: rows, on: .test).predictions
        try body(
            Trained(
                model: model, dataset: dataset, rows: rows, predictions: predictions,
                explainer: try Explainer(model, dataset)))
    }

    @Test func theLastLayerMakesTheProbabilitiesFromTheHiddenOne() throws {
        try withTrained { trained in
            let embeddings = try trained.explainer.embeddings(trained.rows)
            #expect(embeddings.all.layer == "head.batch_normalization" && embeddings.all.width == 8)
            #expect(embeddings["image"]?.width == 6 * 6 * 4)
            let audio = try #require(embeddings["audio"])
            #expect(audio.values.count == trained.rows.count * audio.width)
            let kernel = try #require(trained.model.parameters["head.dense_1.kernel"]).values
            let bias = try #require(trained.model.parameters["head.dense_1.bias"]).values
            for position in trained.rows.indices {
                let scores = (0..<SmallData.classes).map { unit in
                    (0..<8).reduce(bias[unit]) { sum, place in
                        sum + embeddings.all.values[position * 8 + place] * kernel[place * SmallData.classes + unit]
                    }
                }
                let total = scores.reduce(0) { $0 + exp($1) }
                for (score, probability) in zip(scores, trained.predictions.probabilities(.all, at: position)) {
                    #expect(abs(exp(score) / total - probability) < 1e-5)
                }
            }
        }
    }

    @Test func contradictingPairsAreCountedAsTheyAreClassified() throws {
        try withTrained { trained in
            let contradiction = try #require(try trained.explainer.contradiction(trained.predictions))
            #expect(contradiction.count == trained.rows.count)
            for index in 0..<SmallData.classes { #expect(contradiction.counts[index][index] == 0) }
            #expect(contradiction.counts.map { $0.reduce(0, +) } == [15, 15, 15, 15])
            // The same pairs, put together by hand.
            let labels = trained.predictions.labels
            let partners = try #require(Contradiction.partners(of: labels, seed: 0))
            let classifier = Classifier(trained.model)
            let predicted = try zip(trained.rows, partners).map { row, partner in
                let sound = trained.rows[partner]
                return try classifier.predict([
                    "image": trained.dataset.columns[0][row], "audio": trained.dataset.columns[1][sound],
                ]).classIndex
            }
            #expect(contradiction.sides.map(\.modality) == ["image", "audio"])
            let wins = [
                zip(predicted, labels).count { $0 == $1 }, zip(predicted, partners).count { $0 == labels[$1] },
            ]
            #expect(contradiction.sides.map(\.wins) == wins)
            #expect(contradiction.neitherWins == 60 - wins[0] - wins[1])
            // The same examples as a dataset, and what the evaluator finds for each modality alone.
            let columns = trained.dataset.columns
            let mixed = try Dataset(
                [
                    Column(
                        columns[0].modality, shape: columns[0].shape,
                        values: trained.rows.flatMap { try columns[0][$0] }),
                    Column(
                        columns[1].modality, shape: columns[1].shape,
                        values: partners.flatMap { try columns[1][trained.rows[$0]] }),
                ], labels: labels, classNames: trained.dataset.classNames)
            let found = try Evaluator(trained.model, threads: 1)
                .evaluate(mixed, rows: Array(labels.indices), on: .test).predictions
            var (decided, byMoreConfident) = (0, 0)
            for position in labels.indices {
                let alone = ["image", "audio"].map { found.probabilities(.alone($0), at: position) }
                    .map { (class: $0.argmax, confidence: $0.max() ?? 0) }
                    .sorted { $0.confidence > $1.confidence }
                guard alone[0].class != alone[1].class, alone.contains(where: { $0.class == predicted[position] })
                else { continue }
                decided += 1
                if alone[0].class == predicted[position] { byMoreConfident += 1 }
            }
            #expect(decided > 10 && contradiction.decided == decided)
            #expect(contradiction.decidedByMoreConfident == byMoreConfident)
            #expect(try trained.explainer.contradiction(trained.predictions) == contradiction)
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
            let usual = try trained.explainer.usualImages(of: trained.rows)
            var (marked, others) = (Float(0), Float(0))
            for row in trained.rows.prefix(12) {
                let label = row % SmallData.classes
                let map = try trained.explainer.attribution(of: row, usual: usual)
                let (image, audio) = (try #require(map["image"]), try #require(map["audio"]))
                #expect(image.height == 6 && image.width == 6)
                #expect(audio.height == 12 && audio.width == 1)
                for (place, value) in image.values.enumerated() {
                    if place % 6 == label { marked += value / 6 } else { others += value / 30 }
                }
            }
            #expect(marked > 2 * abs(others), "\(marked) against \(others)")
        }
    }

    @Test func theClassifierExplainsAsTheExplainerDoes() throws {
        try withTrained { trained in
            let row = trained.rows[3]
            let values = try ["image", "audio"].reduce(into: [:]) { $0[$1] = try #require(trained.dataset[$1])[row] }
            // A 6 × 6 image: its border, and what it shows in the mean.
            let image = try #require(values["image"])
            let border = (0..<36).filter { $0 / 6 == 0 || $0 / 6 == 5 || $0 % 6 == 0 || $0 % 6 == 5 }
            let mean = border.reduce(0) { $0 + image[$1] } / Float(border.count)
            let expected = try trained.explainer.attribution(
                of: row, usual: ["image": [Float](repeating: mean, count: 36)])
            let example = values.mapValues { MediaReader.Values(values: $0, preparation: nil) }
            let actual = try Classifier(trained.model, threads: 1).attribution(of: example)
            #expect(actual.classIndex == expected.classIndex)
            for (map, other) in zip(actual.maps, expected.maps) {
                #expect(map.modality == other.modality && map.values.count == other.values.count)
                #expect(zip(map.values, other.values).allSatisfy { abs($0 - $1) < 1e-5 })
            }
            // What is absent has no map.
            let alone = try Classifier(trained.model, threads: 1).attribution(of: example.filter { $0.key == "audio" })
            #expect(alone.maps.map(\.modality) == ["audio"])
        }
    }

    @Test func coveringWithWhatIsThereAnywayChangesNothing() throws {
        try withTrained { trained in
            let row = trained.rows[0]
            let map = try trained.explainer.attribution(of: row, usual: ["image": trained.dataset.columns[0][row]])
            #expect(try #require(map["image"]).values.allSatisfy { abs($0) < 1e-6 })
            #expect(try #require(map["audio"]).values.contains { abs($0) > 1e-4 })
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
        let predictions = EvaluatedPredictions(
            rows: [4, 5, 6, 7], labels: [0, 0, 1, 1], classCount: 2,
            probabilities: Ablations(
                all: [0.4, 0.6, 0.1, 0.9, 0.2, 0.8, 0.7, 0.3],
                alone: [("image", [1, 0, 1, 0, 1, 0, 1, 0]), ("audio", [0, 1, 0, 1, 0, 1, 0, 1])]))
        #expect(predictions.mistakes == [1, 3, 0])
        #expect(predictions.predicted() == [1, 1, 1, 0])
        #expect(predictions.predicted(.alone("image")) == [0, 0, 0, 0])
        #expect(predictions.predicted(.alone("audio"), at: 2) == 1)
    }

    @Test func aHistoryIsReadAsItWasWritten() throws {
        let data = try SmallData()
        defer { data.remove() }
        let configuration = data.configuration()
        let history = try data.train(configuration).metrics.history
        let folder = RunFolder(URL(fileURLWithPath: configuration.output))
        #expect(try TrainingHistory(contentsOf: folder.history) == history)
        let broken = try String(contentsOf: folder.history, encoding: .utf8)
            .replacingOccurrences(of: "joint,3", with: "joint,three")
        try Data(broken.utf8).write(to: folder.history)
        let error = #expect(throws: DuetError.self) { try TrainingHistory(contentsOf: folder.history) }
        #expect(error?.message.hasSuffix("history.csv:4: 'three' is no epoch") == true)
    }
}
