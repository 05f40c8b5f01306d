import Datasets
import Duet
import FileFormats
import Foundation
import SeededRandom
import Testing
import TestSupport

/// A model measured as one modality gets noisier.
struct NoiseTests {
    private func noisy(_ values: [Float], _ modality: Modality, _ level: Double, row: Int = 3, seed: UInt64 = 0)
        -> [Float]
    {
        let normalization = Normalization(["image": .scaling(divisor: 255)])
        var values = values
        values.withUnsafeMutableBufferPointer {
            Noise(modality, level: level, seed: seed, normalization).add(to: $0, row: row)
        }
        return values
    }

    @Test func pixelsGetTheStandardDeviationAskedFor() {
        let gray = [Float](repeating: 0.5, count: 100_000)
        let noise = noisy(gray, .image, 0.1).map { Double($0) - 0.5 }
        let deviation = (noise.reduce(0) { $0 + $1 * $1 } / Double(noise.count)).squareRoot()
        // The deviation of 100,000 draws deviates by 0.22 % itself.
        #expect(abs(deviation - 0.1) < 0.001)
        #expect(abs(noise.reduce(0, +) / Double(noise.count)) < 0.0015)
    }

    @Test func pixelsStayBetweenBlackAndWhite() {
        let noise = noisy([Float](repeating: 0.5, count: 100_000), .image, 0.5)
        #expect(noise.min() == 0 && noise.max() == 1)
        // What lies more than one deviation below the mean: 15.87 % of the normal distribution.
        let black = Double(noise.count { $0 == 0 }) / 100_000
        #expect(abs(black - 0.1587) < 0.005)
    }

    @Test(arguments: [20.0, 10, 0, -10])
    func featuresGetTheRatioAskedFor(decibels: Double) {
        var generator = SeededGenerator(seed: 1)
        let features = generator.normals(100_000).map { 3 * $0 + 1 }
        let noise = zip(noisy(features, .audio, decibels), features).map { Double($0 - $1) }
        func power(_ values: some Sequence<Double>) -> Double { values.reduce(0) { $0 + $1 * $1 } }
        let measured = 10 * log10(power(features.map(Double.init)) / power(noise))
        #expect(abs(measured - decibels) < 0.1)
    }

    @Test func silenceStaysSilent() {
        #expect(noisy([0, 0, 0], .audio, 0) == [0, 0, 0])
    }

    @Test func eachRowAndSeedHasItsOwnDrawsWhichLevelsScale() {
        let gray = [Float](repeating: 0.5, count: 50)
        let first = noisy(gray, .image, 0.01)
        #expect(first == noisy(gray, .image, 0.01))
        #expect(first != noisy(gray, .image, 0.01, row: 4))
        #expect(first != noisy(gray, .image, 0.01, seed: 1))
        for (weak, strong) in zip(first, noisy(gray, .image, 0.02)) {
            #expect(abs((strong - 0.5) - 2 * (weak - 0.5)) < 1e-6)
        }
        #expect(noisy(gray, .image, 0) == gray)
    }

    @Test func accuracyFallsWithTheNoiseAndOnlyThere() throws {
        let data = try SmallData(test: 300)
        defer { data.remove() }
        var configuration = data.configuration()
        // So that the head knows what to make of one modality.
        configuration.modalityDropout = 0.5
        let evaluator = try Evaluator(data.train(configuration).model)
        let clean = try evaluator.evaluate(data.folder, on: .test).evaluation
        let noise = try [NoiseLevels("image:0,0.2,0.5,10"), NoiseLevels("audio:100,10,0,-20")]
        let watcher = Watcher()
        func measure(seed: UInt64) throws -> Evaluation {
            try evaluator.evaluate(data.folder, on: .test, noise: noise, seed: seed, monitor: watcher.monitor)
        }
        let evaluation = try measure(seed: 0)
        let progress = watcher.reports.filter { $0.label == "Adding noise" }.map(\.completed)
        #expect(progress.last == 8 * 300 && progress == progress.sorted())
        #expect(watcher.reports.last?.total == 8 * 300)
        #expect(evaluation.accuracies == clean.accuracies && evaluation.confusion == clean.confusion)
        let (image, audio) = try (#require(evaluation.noise?.first), #require(evaluation.noise?.last))
        #expect(image.levels.map(\.level) == [nil, 0, 0.2, 0.5, 10])
        #expect(audio.levels.map(\.level) == [nil, 100, 10, 0, -20])
        for robustness in [image, audio] {
            let levels = robustness.levels
            #expect(levels[0].accuracies == clean.accuracies)
            // No noise to speak of.
            #expect(levels[1].accuracies == clean.accuracies)
            let noisy = robustness.modality.name
            let alone = levels.compactMap { $0.accuracies[noisy]?.accuracy }
            #expect(alone == alone.sorted(by: >))
            // Four classes: with nothing but noise, no more than chance and some luck.
            #expect(alone[4] < 0.5, "\(alone)")
            #expect(alone[0] > 0.9, "\(alone)")
            #expect(levels[4].accuracies.all.accuracy < levels[1].accuracies.all.accuracy)
            let other = levels.compactMap { $0.accuracies[noisy == "image" ? "audio" : "image"]?.accuracy }
            #expect(Set(other).count == 1)
        }
        #expect(try measure(seed: 0) == evaluation)
        #expect(try measure(seed: 1).noise != evaluation.noise)
    }

    @Test func evaluationsWithoutNoiseKeepTheirForm() throws {
        let data = try SmallData()
        defer { data.remove() }
        var configuration = data.configuration()
        configuration.epochs = 1
        let evaluator = try Evaluator(data.train(configuration).model)
        let evaluation = try evaluator.evaluate(data.folder, on: .test, noise: [])
        let text = try JSON.text(evaluation)
        #expect(!text.contains("noise"))
        #expect(try JSONDecoder().decode(Evaluation.self, from: Data(text.utf8)) == evaluation)
    }

    @Test(arguments: [
        ("", "has no colon"), ("image", "has no colon; expected MODALITY:LEVELS"), ("smell:1", "the modality 'smell'"),
        ("image:", "the level '', which is no number"), ("image:0.1,,0.2", "the level ''"),
        ("image:much", "the level 'much'"), ("image:-0.1", "the level -0.1; expected standard deviations from 0 to 10"),
        ("image:nan", "the level nan"), ("image:11", "the level 11.0"),
        ("audio:inf", "the level inf; expected signal-to-noise ratios from -100 to 100 dB"), ("audio:-101", "-101"),
    ])
    func whatIsNoNoiseIsRefused(text: String, reason: String) throws {
        let error = try #require(throws: DuetError.self) { try NoiseLevels(text) }
        #expect(error.kind == .usage)
        #expect(error.message.contains(reason), "\(error)")
    }
}
