import Datasets
import Duet
import FileFormats
import Foundation
import NeuralNetwork
import SeededRandom
import TestSupport
import Testing

/// Two images and a sound: nothing in Duet knows how many modalities there are, or what they are called.
@Suite(.serialized)
struct ThreeModalitiesTests {
    private static let classes = 4
    private static let left = Modality("left", .image)
    private static let right = Modality("right", .image)

    /// A dataset folder with three columns. The class is the row of the bright pixel on the left, its column on the right and
    /// the loudest of four values of audio, each of which is wrong now and then.
    private func writeData(to folder: URL) throws {
        var generator = SeededGenerator(seed: 3)
        func noise() -> Float { Float(generator.next() >> 40) / 0x1p24 }
        for (side, count, firstGroup) in [("train", 240, 0), ("test", 80, 60)] {
            var (left, right, audio) = ([UInt8](), [UInt8](), [Float]())
            for row in 0..<count {
                let label = row % Self.classes
                let shown = (0..<3).map { $0 == row % 7 ? (label + 1) % Self.classes : label }
                for pixel in 0..<16 { left.append(UInt8(40 * noise()) + (pixel / 4 == shown[0] ? 180 : 0)) }
                for pixel in 0..<16 { right.append(UInt8(40 * noise()) + (pixel % 4 == shown[1] ? 180 : 0)) }
                for value in 0..<4 { audio.append(2 * noise() + (value == shown[2] ? 3 : 0)) }
            }
            func file(_ name: String) -> URL { folder.appendingPathComponent("data_\(name)_\(side).npy") }
            try NPYArray.write(left, shape: [count, 4, 4], to: file("left"))
            try NPYArray.write(right, shape: [count, 4, 4], to: file("right"))
            try NPYArray.write(audio, shape: [count, 4], to: file("sp"))
            let labels = (0..<count).map { UInt8($0 % Self.classes) }
            try NPYArray.write(labels, shape: [count], to: folder.appendingPathComponent("labels_\(side).npy"))
            let groups = (0..<count).map { Int32(firstGroup + $0 / 4) }
            try NPYArray.write(groups, shape: [count], to: folder.appendingPathComponent("groups_\(side).npy"))
        }
        try DatasetDescription(
            name: "three", classes: ["a", "b", "c", "d"],
            modalities: [.init(Self.left), .init(.audio), .init(Self.right)]
        ).write(to: folder)
    }

    private static let model: FusionModel = {
        func image(_ modality: Modality) -> Branch {
            Branch(modality, input: [4, 4, 1]) {
                Conv2D(filters: 4, kernel: 3, padding: .same, activation: .relu)
                Flatten()
                Dense(classes, activation: .softmax)
            }
        }
        return FusionModel("three") {
            image(left)
            image(right)
            Branch(.audio, input: [4, 1]) {
                Flatten()
                Dense(8, activation: .relu)
                Dense(classes, activation: .softmax)
            }
        } head: {
            Dense(16, activation: .relu)
            Dense(classes, activation: .softmax)
        }
    }()

    private func configuration(_ folder: URL, _ name: String) -> TrainingConfiguration {
        TrainingConfiguration(
            data: folder.path, output: folder.appendingPathComponent(name).path, model: .custom(Self.model),
            epochs: 12, batchSize: 16, learningRate: 1e-2, modalityDropout: 0.3, threads: 1)
    }

    @Test(arguments: [TrainingConfiguration.Schedule.joint, .staged])
    func aThirdModalityIsTrainedFromAFolder(schedule: TrainingConfiguration.Schedule) throws {
        try withTemporaryFolder { folder in
            try writeData(to: folder)
            var configuration = configuration(folder, "run")
            configuration.schedule = schedule
            let outcome = try TrainingRun(configuration, data: TrainingData(configuration)).train()
            let accuracies = outcome.metrics.test.accuracies
            #expect(accuracies.alone.map(\.modality) == ["left", "right", "audio"])
            #expect(accuracies.all.accuracy > 0.9, "\(accuracies)")
            // Each alone is wrong where it shows another class: in one of seven examples.
            for (modality, alone) in accuracies.alone {
                #expect(alone.accuracy > 0.6 && alone.accuracy < 0.93, "\(modality): \(alone)")
            }
            if schedule == .staged {
                let phases = outcome.metrics.keptEpochs.map(\.phase.rawValue)
                #expect(phases == ["left", "right", "audio", "head"])
            }

            // From the file, on another day: the same, and with noise on one of the three.
            let run = RunFolder(URL(fileURLWithPath: configuration.output))
            let evaluator = try Evaluator(TrainedModel(contentsOf: run.model), threads: 1)
            let noise = try [NoiseLevels("right:0,5", of: Self.model.modalities)]
            let evaluation = try evaluator.evaluate(folder, on: .test, noise: noise)
            #expect(evaluation.accuracies == accuracies)
            let levels = try #require(evaluation.noise?.first?.levels)
            #expect(try #require(levels[2].accuracies["right"]).accuracy < 0.6)
            #expect(levels[2].accuracies["left"] == accuracies["left"])
        }
    }

    @Test func twoOfThreeModalitiesAreAModelToo() throws {
        try withTemporaryFolder { folder in
            try writeData(to: folder)
            var configuration = configuration(folder, "run")
            configuration.modalities = ["left", "audio"]
            let outcome = try TrainingRun(configuration, data: TrainingData(configuration)).train()
            #expect(outcome.model.architecture.name == "three-left-audio")
            #expect(outcome.metrics.test.accuracies.alone.map(\.modality) == ["left", "audio"])
            #expect(outcome.metrics.test.accuracies.all.accuracy > 0.7)
        }
    }

    @Test func aPredictionTakesWhatIsThere() throws {
        try withTemporaryFolder { folder in
            try writeData(to: folder)
            let configuration = configuration(folder, "run")
            let model = try TrainingRun(configuration, data: TrainingData(configuration)).train().model
            let dataset = try DatasetFolder(folder).load(.test)
            let classifier = Classifier(model, threads: 1)
            let predictions = try classifier.predict(dataset)
            #expect(predictions.count == 80)
            let error = #expect(throws: DuetError.self) { try classifier.predict(["left": dataset.columns[0][0]]) }
            #expect(error?.message.contains("no values for the modality 'right'") == true)
        }
    }

    @Test func whatDoesNotFitIsRefusedWhenTheModelIsMade() throws {
        try withTemporaryFolder { folder in
            try writeData(to: folder)
            let data = try TrainingData(folder, split: .group, seed: 1)
            func message(_ model: FusionModel) -> String? {
                let settings = TrainingConfiguration(data: "x", output: "y", model: .custom(model))
                return #expect(throws: (any Error).self) { try data.model(settings) }.map { "\($0)" }
            }
            let middle = Branch(
                Modality("middle", .image), input: [4, 4, 1], layers: Self.model.branches[0].networks[0])
            #expect(
                message(FusionModel("x", branches: [middle]))?.contains(
                    "takes 'middle', but the dataset has only left, audio")
                    == true)
            let sound = Branch(Modality("left", .audio), input: [4, 4, 1], layers: Self.model.branches[0].networks[0])
            #expect(message(FusionModel("x", branches: [sound]))?.contains("takes audio of shape") == true)
            let preset = #expect(throws: DuetError.self) {
                try data.model(TrainingConfiguration(data: "x", output: "y", model: .preset("model-2")))
            }
            #expect(preset?.message.contains("the dataset has left, audio, right") == true)
            for name in ["all", "head", "Left", "le ft", ""] {
                let branch = Branch(Modality(name, .image), input: [4, 4, 1], layers: middle.networks[0])
                #expect(throws: DuetError.self, "\(name)") { try FusionModel("x", branches: [branch]).network() }
            }
            #expect(throws: DuetError.self) { try FusionModel("x", branches: [middle, middle]).network() }
        }
    }
}
