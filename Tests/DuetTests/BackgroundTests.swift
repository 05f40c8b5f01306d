import Datasets
import Duet
import FileFormats
import Foundation
import NeuralNetwork
import SeededRandom
import TestSupport
import Testing

/// Training with examples of no class.
@Suite(.serialized)
struct BackgroundTests {
    /// Values without a bump where the classes have one, but with bumps elsewhere: like a class, and none.
    private static func others(_ count: Int, seed: UInt64) -> [Float] {
        var generator = SeededGenerator(seed: seed)
        var values: [Float] = []
        for _ in 0..<count {
            let bump = generator.index(below: 4)
            for step in 0..<12 {
                let isHigh = step / 3 == bump || step / 3 == (bump + 1) % 4
                values.append(Float(3 * generator.number(in: 0...1)) + (isHigh ? 4 : 0))
            }
        }
        return values
    }

    private func data(background: Int = 150) throws -> SmallData {
        let data = try SmallData()
        if background > 0 {
            try NPYArray.write(
                Self.others(background, seed: 1), shape: [background, 12],
                to: data.folder.appendingPathComponent("data_sp_background.npy"))
        }
        return data
    }

    private func staged(_ data: SmallData, _ name: String, background: Float) -> TrainingConfiguration {
        var configuration = data.configuration(name)
        (configuration.fusion, configuration.schedule, configuration.background) = ("product", .staged, background)
        (configuration.epochs, configuration.batchSize) = (12, 20)
        return configuration
    }

    private func specialist(_ data: SmallData, _ name: String, background: Float) -> TrainingConfiguration {
        var configuration = staged(data, name, background: background)
        (configuration.schedule, configuration.fusion, configuration.epochs) = (.joint, nil, 30)
        // The bumps' places are to be told apart, not only found.
        let audio = Branch(.audio, input: [12, 1]) {
            Flatten()
            Dense(32, activation: .relu)
            Dense(SmallData.classes, activation: .softmax)
        }
        configuration.model = .custom(FusionModel("audio", branches: [audio]))
        return configuration
    }

    /// The mean of the largest probability, for examples of no class that were not in the training.
    private func confidence(_ model: TrainedModel) throws -> Float {
        let dataset = try Dataset([Column(.audio, shape: [12, 1], values: Self.others(100, seed: 2))])
        return try Classifier(model, threads: 1).predict(dataset).map(\.probability).reduce(0, +) / 100
    }

    /// One modality alone is trained in a phase that is called joint.
    @Test func aSpecialistLearnsWhatIsNoneOfTheClasses() throws {
        let data = try data()
        defer { data.remove() }
        let with = try data.train(specialist(data, "with", background: 1))
        let without = try data.train(specialist(data, "without", background: 0))
        let (plain, taught) = try (confidence(without.model), confidence(with.model))
        #expect(plain > 0.7 && taught < plain - 0.2, "\(plain), \(taught)")
        #expect(with.metrics.test.accuracies.all.accuracy > 0.9)
        // Of the accuracy of an epoch, background examples are no part.
        #expect(try #require(with.metrics.history.epochs.last).accuracy > 0.8)
    }

    @Test func ofTheBranchesThatAreTrainedAloneOnlyTheirsSeesThem() throws {
        let data = try data()
        defer { data.remove() }
        let with = try data.train(staged(data, "with", background: 1)).model.parameters
        let without = try data.train(staged(data, "without", background: 0)).model.parameters
        for entry in without.entries where entry.name.hasPrefix("image.") { #expect(with[entry.name] == entry) }
        #expect(with["audio.dense.kernel"] != without["audio.dense.kernel"])
    }

    @Test func withoutBackgroundATrainingIsAsIfThereWereNone() throws {
        let (data, plain) = (try data(), try data(background: 0))
        defer { data.remove(); plain.remove() }
        let unused = try data.train(staged(data, "run", background: 0)).model.parameters
        #expect(try plain.train(staged(plain, "run", background: 1)).model.parameters == unused)
        // A joint training of two branches has no use for them.
        var joint = (data.configuration("joint"), plain.configuration("joint"))
        (joint.0.epochs, joint.1.epochs) = (2, 2)
        #expect(try data.train(joint.0).model.parameters == plain.train(joint.1).model.parameters)
    }

    @Test func aStoppedTrainingGoesOnWithTheSameExamples() throws {
        let data = try data()
        defer { data.remove() }
        let whole = try data.train(staged(data, "whole", background: 0.5))
        let configuration = staged(data, "parts", background: 0.5)
        #expect(throws: DuetError.self) {
            _ = try data.run(configuration).train(monitor: Watcher { $1 == 100 }.monitor)
        }
        let resumed = try data.run(configuration, resume: true).train()
        #expect(resumed.model.parameters == whole.model.parameters)
        func measures(_ outcome: TrainingRun.Outcome) -> [[Double]] {
            outcome.metrics.history.epochs.map { [$0.loss, $0.accuracy, $0.validationLoss] }
        }
        #expect(measures(resumed) == measures(whole))
    }

    @Test func whatDoesNotFitIsAnError() throws {
        let data = try data()
        defer { data.remove() }
        let file = data.folder.appendingPathComponent("data_sp_background.npy")
        try NPYArray.write([Float](repeating: 0, count: 22), shape: [2, 11], to: file, overwrite: true)
        let error = try #require(throws: DuetError.self) { try TrainingData(data.configuration()) }
        #expect(error.kind == .badData && error.message.contains("data_sp_background.npy"))
        #expect(error.message.contains("expected some of shape [12, 1]"))
        var configuration = data.configuration()
        configuration.background = -1
        let usage = try #require(throws: DuetError.self) { try configuration.validate() }
        #expect(usage.kind == .usage && usage.message.contains("background is -1.0"))
    }
}
