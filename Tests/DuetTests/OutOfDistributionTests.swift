import Datasets
import Duet
import FileFormats
import Foundation
import SeededRandom
import TestSupport
import Testing

/// What a model says of examples that it was not trained for.
@Suite(.serialized)
struct OutOfDistributionTests {
    @Test func rankingMetricsAreScikitLearns() throws {
        for example in try StatisticsFixture.load().ranking {
            let metrics = RankingMetrics(low: example.low, high: example.high)
            #expect(isClose(metrics.auroc, example.auroc))
            #expect(isClose(metrics.falsePositiveRate95, example.falsePositiveRate95))
        }
    }

    @Test func distancesAreScikitLearns() throws {
        let example = try StatisticsFixture.load().mahalanobis
        let distance = MahalanobisDistance(
            example.embeddings, labels: example.labels, classes: 3, validation: example.validation)
        let found = distance.scores(of: example.others).map(Double.init)
        for (found, expected) in zip(found, example.scores) {
            #expect(abs(found - expected) < 1e-3 * max(1, abs(expected)), "\(found), \(expected)")
        }
        #expect(found.count == example.scores.count)
    }

    /// Bright columns and bumps are known; noise that is all over the place is not.
    @Test func whatLooksDifferentIsMarked() throws {
        let data = try SmallData()
        defer { data.remove() }
        let others = try SmallData()
        defer { others.remove() }
        var generator = SeededGenerator(seed: 3)
        for (side, count) in [("train", 200), ("test", 60)] {
            let images = (0..<(count * 36)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            let audio = (0..<(count * 12)).map { _ in Float(generator.next() >> 40) / 0x1p24 * 30 - 15 }
            func file(_ name: String) -> URL { others.folder.appendingPathComponent("\(name)_\(side).npy") }
            try NPYArray.write(images, shape: [count, 6, 6], to: file("data_wr"), overwrite: true)
            try NPYArray.write(audio, shape: [count, 12], to: file("data_sp"), overwrite: true)
        }
        let configuration = data.configuration()
        let outcome = try data.train(configuration)
        let file = RunFolder(URL(fileURLWithPath: configuration.output)).model
        let model = try TrainedModel(contentsOf: file)
        #expect(model.embeddingDistances == outcome.model.embeddingDistances)
        #expect(model.calibration == outcome.model.calibration)
        let found = try Evaluator(model, threads: 1).outOfDistribution(
            others.folder, against: data.folder, on: .test)
        #expect(found.count == 60)
        for (ablation, metrics) in found.scores.entries { #expect(metrics.auroc > 0.9, "\(ablation), \(metrics)") }
        #expect(found.marked.all > 0.7 && found.falselyMarked.all < 0.2, "\(found)")

        // The same examples, predicted.
        let classifier = try Classifier(model, uncertainty: UncertaintySettings(outOfDistribution: 0.01), threads: 1)
        let predictions = try classifier.predict(DatasetFolder(others.folder).load()).suffix(60)
        let marked = predictions.count { $0.isOutOfDistribution == true }
        #expect(isClose(Double(marked) / 60, found.marked.all))
        #expect(predictions.allSatisfy { $0.outOfDistributionScore?.isFinite == true })
        // A modality alone: its own score.
        let dataset = try DatasetFolder(data.folder).load()
        #expect(try Classifier(model, threads: 1).predict(dataset)[0].outOfDistributionScore == nil)
        #expect(throws: DuetError.self) { try UncertaintySettings(outOfDistribution: 0.7) }
    }

    /// A covariance without an inverse, and a class without an example.
    @Test func degenerateEmbeddingsHaveFiniteDistances() {
        let distance = MahalanobisDistance(
            [1, 0, 1, 0, 1, 0], labels: [0, 0, 0], classes: 2, validation: [1, 0])
        let scores = distance.scores(of: [1, 0, 2, 3])
        #expect(scores.allSatisfy(\.isFinite) && scores[0] == 0 && scores[1] > 0)
    }
}
