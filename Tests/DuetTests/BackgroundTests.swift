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
        return (0..<count).flatMap { _ -> [Float] in
            let bump = generator.index(below: 4)
            return (0..<12).map { step in
                Float(3 * generator.number(in: 0...1)) + (step / 3 == bump || step / 3 == (bump + 1) % 4 ? 4 : 0)
            }
        }
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

    /// The mean of the largest probability of the audio alone, for examples of no class that were not in the training.
    private func confidence(_ model: TrainedModel) throws -> Float {
        let values = Self.others(100, seed: 2)
        let pixels = [UInt8](repeating: 0, count: 3600)
        let dataset = try Dataset([
            Column(.image, shape: [6, 6, 1], bytes: pixels), Column(.audio, shape: [12, 1], values: values),
        ])
        let table = try #require(
            Predictor(model, threads: 1).ablations(of: dataset, rows: Array(0..<100)).alone["audio"])
        return table.values.chunked(by: SmallData.classes).map { $0.max() ?? 0 }.reduce(0, +) / 100
    }

    @Test func aBranchLearnsWhatIsNoneOfTheClasses() throws {
        let data = try data()
        defer { data.remove() }
        let with = try data.train(staged(data, "with", background: 1))
        let without = try data.train(staged(data, "without", background: 0))
        #expect(try confidence(without.model) > 0.75)
        #expect(try confidence(with.model) < 0.45)
        #expect(try #require(with.metrics.test.accuracies["audio"]).accuracy > 0.9)
        // Of the accuracy of an epoch, background examples are no part.
        let last = try #require(with.metrics.history.epochs.last { $0.phase == .branch("audio") })
        #expect(last.accuracy > 0.8)
        // The image branch has none, and the audio branch alone has seen any.
        for entry in without.model.parameters.entries where entry.name.hasPrefix("image.") {
            #expect(with.model.parameters[entry.name] == entry)
        }
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

    /// One modality alone is trained in a phase that is called joint.
    @Test func aSpecialistLearnsFromThemToo() throws {
        let data = try data()
        defer { data.remove() }
        var configuration = staged(data, "audio", background: 1)
        (configuration.schedule, configuration.fusion, configuration.modalities) = (.joint, nil, ["audio"])
        configuration.model = .custom(SmallData.model)
        let outcome = try data.train(configuration)
        configuration.background = 0
        configuration.output += "-without"
        #expect(try data.train(configuration).model.parameters != outcome.model.parameters)
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

extension [Float] {
    fileprivate func chunked(by size: Int) -> [ArraySlice<Float>] {
        stride(from: 0, to: count, by: size).map { self[$0..<($0 + size)] }
    }
}
