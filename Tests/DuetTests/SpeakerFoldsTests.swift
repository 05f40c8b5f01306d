import Datasets
import Duet
import FileFormats
import Foundation
import NeuralNetwork
import SeededRandom
import TestSupport
import Testing

/// What is fitted to predictions for speakers that a branch has not heard.
@Suite(.serialized)
struct SpeakerFoldsTests {
    /// Each speaker has a way of their own to say the classes, and a voice to be known by. So a branch learns the speakers of the training by
    /// heart, and is sure and wrong about others.
    /// A product needs no head; other fusions have one.
    private func data(_ fusion: String = "product") throws -> (data: SmallData, configuration: TrainingConfiguration) {
        let data = try SmallData(train: 720, test: 240, recordingsPerClass: 60)
        var generator = SeededGenerator(seed: 5)
        func noise() -> Float { Float(generator.next() >> 40) / 0x1p24 }
        for (side, count, known) in [("train", 720, 0..<6), ("test", 240, 6..<8)] {
            var (images, audio, speakers) = ([UInt8](), [Float](), [Int32]())
            for row in 0..<count {
                let label = row % SmallData.classes
                let speaker = known.lowerBound + row / SmallData.classes % known.count
                for pixel in 0..<36 { images.append(UInt8(200 * noise()) + (pixel % 6 == label ? 40 : 0)) }
                for step in 0..<4 { audio.append(noise() + (step == (label + speaker) % 4 ? 4 : 0)) }
                for voice in 0..<8 { audio.append(noise() + (voice == speaker ? 4 : 0)) }
                speakers.append(Int32(speaker))
            }
            func file(_ name: String) -> URL { data.folder.appendingPathComponent("\(name)_\(side).npy") }
            try NPYArray.write(images, shape: [count, 6, 6], to: file("data_wr"), overwrite: true)
            try NPYArray.write(audio, shape: [count, 12], to: file("data_sp"), overwrite: true)
            try NPYArray.write(speakers, shape: [count], to: file("speakers"), overwrite: true)
        }
        let audio = Branch(.audio, input: [12, 1]) {
            Flatten()
            Dense(64, activation: .relu)
            Dense(SmallData.classes, activation: .softmax)
        }
        var configuration = data.configuration()
        let head = fusion == "product" ? [] : SmallData.model.head
        configuration.model = .custom(FusionModel("small", branches: [audio, SmallData.model.branches[1]], head: head))
        (configuration.fusion, configuration.schedule) = (fusion, .staged)
        configuration.branches = ["audio": BranchTraining(epochs: 40), "image": BranchTraining(epochs: 8)]
        return (data, configuration)
    }

    @Test func aProductTrustsItsAudioAsFarAsItKnowsNewSpeakers() throws {
        var (data, configuration) = try data()
        defer { data.remove() }
        func trained(_ folding: TrainingConfiguration.Folding?, _ name: String) throws -> TrainingRun.Outcome {
            configuration.foldsBy = folding
            configuration.output = data.folder.appendingPathComponent(name).path
            return try data.train(configuration)
        }
        let (group, speaker) = (try trained(.group, "group"), try trained(.speaker, "speaker"))
        let branches: [TrainingPhase] = [.branch("audio"), .branch("image")]
        #expect(group.metrics.history.phases == branches)
        #expect(speaker.metrics.history.phases == (1...3).map { .fold("audio", $0) } + branches)
        // The branches are the same; only what is fitted to what they predict differs.
        for entry in group.model.parameters.entries where !entry.name.hasSuffix("temperature") {
            #expect(speaker.model.parameters[entry.name] == entry)
        }
        func temperature(_ outcome: TrainingRun.Outcome) throws -> Float {
            try #require(outcome.model.parameters["head.tempered_log.temperature"]).values[0]
        }
        #expect(try temperature(group) < 2)
        #expect(try temperature(speaker) > 5)
        let (before, after) = (group.metrics.test.accuracies, speaker.metrics.test.accuracies)
        #expect(after.all.accuracy > before.all.accuracy, "\(before), \(after)")
        #expect(after.all.accuracy > (after["image"]?.accuracy ?? 1) - 0.02, "\(after)")

        // Prediction sets contain the class of a new speaker as often as they should.
        func coverage(_ outcome: TrainingRun.Outcome) throws -> Double {
            let sets = try #require(outcome.metrics.test.uncertainty?["audio"]).predictionSets
            return try #require(sets.first { $0.target == 0.9 }).coverage.accuracy
        }
        #expect(try coverage(group) < 0.7)
        #expect(try coverage(speaker) > 0.8)

        // Where the test side has other speakers, folds are by speaker without being asked for.
        #expect(try trained(nil, "automatic").model.parameters == speaker.model.parameters)
    }

    @Test func aHeadLearnsFromFoldsBySpeaker() throws {
        var (data, configuration) = try data("residual")
        defer { data.remove() }
        configuration.foldsBy = .speaker
        let outcome = try data.train(configuration)
        let folds = { (name: String) in (1...3).map { TrainingPhase.fold(name, $0) } }
        #expect(
            outcome.metrics.history.phases
                == folds("audio") + [.branch("audio")] + folds("image") + [.branch("image"), .head])
        let accuracies = outcome.metrics.test.accuracies
        #expect(accuracies.all.accuracy > (accuracies["image"]?.accuracy ?? 1) - 0.05, "\(accuracies)")
    }

    /// Fine-tuning moves all weights but those of the folds' branches, which no longer go with the head. So the calibration is of the
    /// finished model's own predictions.
    @Test func aFineTunedModelIsCalibratedOnWhatItPredictsItself() throws {
        var (data, configuration) = try data("residual")
        defer { data.remove() }
        (configuration.foldsBy, configuration.fineTune) = (.speaker, true)
        let trained = try data.train(configuration).model
        let examples = try TrainingData(configuration)
        let predictions = try Classifier(trained, threads: 1).predict(examples.dataset)
        let uncertainties = examples.split.validation.map { 1 - (predictions[$0].probabilities.max() ?? 0) }.sorted()
        let calibrated = try #require(trained.calibration?.all).uncertainties
        #expect(uncertainties.count == calibrated.count)
        #expect(zip(uncertainties, calibrated).allSatisfy { abs($0 - $1) < 1e-4 })
    }

    /// The branches are the same with both kinds of folds, and so are distances; only whose examples the temperatures are fitted to differs.
    @Test func temperaturesByDistanceAreFittedToSpeakersWhoAreNotKnown() throws {
        var (data, configuration) = try data("concatenate")
        defer { data.remove() }
        func distances(_ folding: TrainingConfiguration.Folding) throws -> MahalanobisDistance {
            configuration.foldsBy = folding
            configuration.output = data.folder.appendingPathComponent(folding.rawValue).path
            return try #require(try data.train(configuration).model.embeddingDistances["audio"])
        }
        let (known, unknown) = (try distances(.group), try distances(.speaker))
        var same = unknown
        same.temperature = known.temperature
        #expect(same == known)
        #expect(
            unknown.temperature.limit > known.temperature.limit * 1.2, "\(known.temperature), \(unknown.temperature)")
    }

    @Test func aTrainingWithOtherSpeakersIsNotResumed() throws {
        let (data, configuration) = try data()
        defer { data.remove() }
        try data.train(configuration)
        for side in ["train", "test"] {
            try FileManager.default.removeItem(at: data.folder.appendingPathComponent("speakers_\(side).npy"))
        }
        let error = try #require(throws: DuetError.self) { try data.run(configuration, resume: true).train() }
        #expect(error.kind == .badData && error.description.contains("restore the dataset's speakers"), "\(error)")
    }

    @Test func foldsBySpeakerNeedSpeakers() throws {
        let data = try SmallData()
        defer { data.remove() }
        var configuration = data.configuration()
        (configuration.fusion, configuration.schedule, configuration.foldsBy) = ("residual", .staged, .speaker)
        let error = try #require(throws: DuetError.self) { try data.train(configuration) }
        #expect(error.kind == .badData && error.description.contains("set folds_by to group"))
    }
}
