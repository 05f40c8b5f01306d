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
        let found = distance.scores(
            of: example.others, width: example.embeddings.count / example.labels.count
        ).map(Double.init)
        for (found, expected) in zip(found, example.scores) {
            #expect(abs(found - expected) < 1e-3 * max(1, abs(expected)), "\(found), \(expected)")
        }
        #expect(found.count == example.scores.count)
    }

    /// Beyond what it was trained with, a branch is sure of what it mistakes, and must not outvote the other.
    @Test(arguments: ["product", "average", "residual"])
    func aBranchCountsLessWhereItsInputLooksLikeNothing(fusion: String) throws {
        let data = try SmallData()
        defer { data.remove() }
        var configuration = data.configuration()
        (configuration.fusion, configuration.schedule, configuration.folds) = (fusion, .staged, 2)
        configuration.branches = ["audio": BranchTraining(epochs: 9), "image": BranchTraining(epochs: 9)]
        let model = try data.train(configuration).model
        var unaware = model
        unaware.embeddingDistances = [:]
        func noisy(_ model: TrainedModel, _ modality: Modality, _ level: Double) throws -> Ablations<Accuracy> {
            let noise = try NoiseLevels(modality, [level])
            let found = try Evaluator(model, threads: 1).evaluate(data.folder, on: .train, noise: [noise], seed: 1)
                .noise
            return try #require(found?[0].levels.last).accuracies
        }
        for (modality, other, level) in [(Modality.image, "audio", 6.0), (.audio, "image", -40)] {
            let (found, before) = try (noisy(model, modality, level), noisy(unaware, modality, level))
            let alone = try #require(found[other]).accuracy
            #expect(found.all.accuracy >= alone - 0.1, "\(modality): \(found.all.accuracy), alone \(alone)")
            #expect(found.all.accuracy > before.all.accuracy + 0.05, "\(modality): \(before.all.accuracy)")
        }
    }

    /// Of the shares and exponents that are tried, those with the lowest cross-entropy by the formula.
    @Test func temperaturesByDistanceHaveTheLowestCrossEntropy() throws {
        // Near examples are right, far ones are as sure and right by chance alone.
        let labels = (0..<40).map { $0 % 2 }
        func sample(_ distance: Float, isRight: (Int) -> Bool) -> DistanceTemperature.Sample {
            DistanceTemperature.Sample(
                probabilities: labels.enumerated().flatMap { example, label in
                    (label == 0) == isRight(example) ? [Float(0.99), 0.01] : [0.01, 0.99]
                }, distances: labels.indices.map { distance * (1 + Float($0) / 100) })
        }
        let samples = [sample(10) { _ in true }, sample(80) { $0 % 4 < 2 }, sample(4000) { $0 % 4 < 2 }]
        let fit = DistanceTemperature(fittedTo: samples, labels: labels)
        func loss(_ fit: DistanceTemperature) -> Double {
            var sum = 0.0
            for sample in samples {
                for (example, label) in labels.enumerated() {
                    let powers = sample.probabilities[(2 * example)..<(2 * example + 2)].map {
                        pow(Double($0), 1 / Double(fit(sample.distances[example])))
                    }
                    sum -= log(powers[label] / powers.reduce(0, +))
                }
            }
            return sum
        }
        let sorted = samples[0].distances.sorted()
        let others = [0.5, 0.75, 0.9, 0.95, 0.99].flatMap { share in
            [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3].map { exponent in
                DistanceTemperature(limit: sorted[Int((39 * share).rounded())], exponent: exponent)
            }
        }
        #expect(others.contains(fit) && others.allSatisfy { loss(fit) <= loss($0) + 1e-4 })
        #expect(fit.exponent > 0 && fit(80) > 2)
    }

    @Test func aTemperatureIsFiniteWhateverTheDistance() {
        let temperature = DistanceTemperature(limit: 4, exponent: 0.5)
        for (distance, expected) in [(Float(0), Float(1)), (4, 1), (36, 3), (.infinity, 1e6), (.nan, 1e6)] {
            #expect(temperature(distance) == expected, "\(distance)")
        }
        #expect(DistanceTemperature.none(.infinity) == 1)
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

    /// A flattened convolution has thousands of values: they must neither take minutes nor fill the model file.
    @Test func wideEmbeddingsAreFolded() {
        let width = 5000
        var generator = SeededGenerator(seed: 1)
        func embeddings(_ count: Int, shift: Float) -> [Float] {
            (0..<count).flatMap { _ in generator.normals(width).map { $0 + shift } }
        }
        let labels = (0..<400).map { $0 % 2 }
        let near = (0..<20).flatMap { _ in embeddings(20, shift: 0) }
        let distance = MahalanobisDistance(
            near, labels: labels, classes: 2, validation: embeddings(50, shift: 0))
        let same = distance.scores(of: embeddings(50, shift: 0), width: width)
        let others = distance.scores(of: embeddings(50, shift: 2), width: width)
        #expect(RankingMetrics(low: same, high: others).auroc > 0.99)
    }

    @Test func distancesOfOtherEmbeddingsAreRefused() throws {
        let data = try SmallData()
        defer { data.remove() }
        var model = try data.train(data.configuration()).model
        model.embeddingDistances["image"] = MahalanobisDistance(
            [1, 0, 1, 0, 1, 0], labels: [0, 0, 0], classes: 2, validation: [1, 0])
        let classifier = Classifier(model, threads: 1)
        let dataset = try DatasetFolder(data.folder).load()
        let error = try #require(throws: DuetError.self) { try classifier.predict(dataset) }
        #expect(error.kind == .badData && error.message.contains("'image' are not for embeddings"), "\(error)")
    }

    /// A covariance without an inverse, and a class without an example.
    @Test func degenerateEmbeddingsHaveFiniteDistances() {
        let distance = MahalanobisDistance(
            [1, 0, 1, 0, 1, 0], labels: [0, 0, 0], classes: 2, validation: [1, 0])
        let scores = distance.scores(of: [1, 0, 2, 3], width: 2)
        #expect(scores.allSatisfy(\.isFinite) && scores[0] == 0 && scores[1] > 0)
    }
}
