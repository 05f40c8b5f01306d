import Datasets
import Duet
import FileFormats
import Foundation
import NeuralNetwork
import Testing
import TestSupport

/// A training from data to model file: that it learns, that it repeats, that it goes on where it stopped.
@Suite(.serialized)
struct TrainerTests {
    private func modelBytes(_ configuration: TrainingConfiguration) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: configuration.output).appendingPathComponent("model.safetensors"))
    }

    @Test func jointTrainingLearnsAndLeavesAWholeRunFolder() throws {
        let data = try SmallData()
        defer { data.remove() }
        let configuration = data.configuration()
        let result = try data.train(configuration)
        let evaluation = try Evaluator(result.model).evaluate(data.folder, on: .test).evaluation
        #expect(evaluation.accuracies.all.accuracy > 0.95)
        #expect(evaluation == result.metrics.test)
        #expect(result.metrics.history.epochs.count == 6)
        #expect(result.metrics.history.epochs.last!.loss < result.metrics.history.epochs.first!.loss)

        let folder = RunFolder(URL(fileURLWithPath: configuration.output))
        let saved = try TrainedModel(contentsOf: folder.model)
        #expect(saved.parameters == result.model.parameters)
        #expect(saved.test?.count == evaluation.count && saved.test?.accuracies == evaluation.accuracies)
        let history = try String(contentsOf: folder.history, encoding: .utf8).split(separator: "\n")
        #expect(history.count == 7)
        #expect(history[0] == "phase,epoch,loss,accuracy,val_loss,val_accuracy,learning_rate,seconds")
        let settings = try ConfigurationFile.training(contentsOf: folder.configuration)
        #expect(try JSON.text(settings) == JSON.text(configuration))
    }

    /// With Keras's momentum, moving averages would need ten times the steps that this training has; with 1, they never move.
    @Test(arguments: [0.99, 1] as [Float])
    func aShortTrainingPredictsWhatItHasLearned(momentum: Float) throws {
        let data = try SmallData()
        defer { data.remove() }
        func slow(_ layers: [any Layer]) -> [any Layer] {
            layers.map { $0 is BatchNormalization ? BatchNormalization(momentum: momentum) : $0 }
        }
        let model = FusionModel(
            "slow",
            branches: SmallData.model.branches.map {
                Branch($0.modality, input: $0.input, layers: slow($0.networks[0]))
            },
            head: slow(SmallData.model.head))
        var configuration = data.configuration()
        (configuration.model, configuration.epochs) = (.custom(model), 4)
        let outcome = try data.train(configuration)
        #expect(outcome.metrics.test.accuracies.all.accuracy > 0.9)
        #expect(try #require(outcome.metrics.history.epochs.last).validationLoss < 1)
    }

    @Test func stagedTrainingLearnsPhaseByPhase() throws {
        let data = try SmallData()
        defer { data.remove() }
        var configuration = data.configuration()
        configuration.schedule = .staged
        configuration.fineTune = true
        let result = try data.train(configuration)
        var phases: [TrainingPhase] = []
        for epoch in result.metrics.history.epochs where phases.last != epoch.phase { phases.append(epoch.phase) }
        let folds = { (name: String) in (1...3).map { TrainingPhase.fold(name, $0) } }
        #expect(
            phases == folds("audio") + [.branch("audio")] + folds("image") + [.branch("image"), .head, .fineTune])
        #expect(result.metrics.keptEpochs.map(\.phase) == [.branch("audio"), .branch("image"), .head, .fineTune])
        #expect(!result.model.branchesAreTrained)
        #expect(try Evaluator(result.model).evaluate(data.folder, on: .test).evaluation.accuracies.all.accuracy > 0.95)
    }

    @Test func theHeadsPhaseLeavesTheBranchesAlone() throws {
        let data = try SmallData()
        defer { data.remove() }
        var configuration = data.configuration()
        configuration.schedule = .staged
        let recorder = Recorder()
        let result = try data.run(configuration).train(observers: [recorder])
        let branches = recorder.headModels + [result.model.parameters]
        #expect(branches.count >= 2)
        for entry in branches[0].entries where !entry.name.hasPrefix("head.") {
            #expect(branches.last?[entry.name] == entry)
        }
        #expect(branches[0] != branches.last)
    }

    @Test(arguments: [TrainingConfiguration.Schedule.joint, .staged])
    func equalSeedsGiveEqualBytes(_ schedule: TrainingConfiguration.Schedule) throws {
        let data = try SmallData()
        defer { data.remove() }
        func bytes(_ name: String, seed: UInt64) throws -> Data {
            var configuration = data.configuration(name)
            configuration.schedule = schedule
            configuration.seed = seed
            configuration.epochs = 2
            try data.train(configuration)
            return try modelBytes(configuration)
        }
        let first = try bytes("a", seed: 1)
        #expect(try bytes("b", seed: 1) == first)
        #expect(try bytes("c", seed: 2) != first)
    }

    /// Stops after every possible number of steps that tells something: in mid-epoch, at its end, between phases.
    @Test(arguments: [
        (TrainingConfiguration.Schedule.joint, 5), (.joint, 12), (.joint, 13), (.staged, 30), (.staged, 75),
        (.staged, 150), (.staged, 200),
        (.staged, 240),
    ])
    func aStoppedTrainingGoesOnAsIfNothingHadHappened(_ schedule: TrainingConfiguration.Schedule, steps: Int) throws {
        let data = try SmallData()
        defer { data.remove() }
        var whole = data.configuration("whole")
        whole.schedule = schedule
        whole.epochs = 3
        whole.learningRateSchedule = .oneCycle
        let uninterrupted = try data.train(whole)

        var stopped = whole
        stopped.output = data.folder.appendingPathComponent("stopped").path
        let error = #expect(throws: DuetError.self) {
            _ = try data.run(stopped).train(monitor: Watcher { $1 == steps }.monitor)
        }
        #expect(error?.kind == .interrupted)
        #expect(error?.message.contains("--resume") == true)
        let resumed = try data.run(stopped, resume: true).train()
        #expect(resumed.model.parameters == uninterrupted.model.parameters)
        #expect(try modelBytes(stopped) == modelBytes(whole))
        func measures(_ history: TrainingHistory) -> [[Double]] {
            history.epochs.map { [$0.loss, $0.accuracy, $0.validationLoss, $0.validationAccuracy] }
        }
        #expect(measures(resumed.metrics.history) == measures(uninterrupted.metrics.history))
    }

    @Test func resumingOnOtherDataIsRefused() throws {
        let (data, other) = (try SmallData(), try SmallData(train: 160))
        defer {
            data.remove()
            other.remove()
        }
        let configuration = data.configuration()
        try data.train(configuration)
        let error = #expect(throws: DuetError.self) {
            let changed = try TrainingData(other.folder, split: configuration.split, seed: configuration.seed)
            _ = try TrainingRun(configuration, data: changed, resume: true).train()
        }
        #expect(error?.message.contains("other data") == true)
    }

    @Test func resumingWithOtherSettingsIsRefused() throws {
        let data = try SmallData()
        defer { data.remove() }
        var configuration = data.configuration()
        try data.train(configuration)
        configuration.learningRate = 1e-4
        #expect(throws: DuetError.self) { _ = try data.run(configuration, resume: true).train() }
    }

    @Test func earlyStoppingEndsAPhaseThatNoLongerImproves() throws {
        let data = try SmallData()
        defer { data.remove() }
        var configuration = data.configuration()
        configuration.epochs = 60
        configuration.earlyStopping = 2
        let epochs = try data.train(configuration).metrics.history.epochs
        #expect(epochs.count < 60)
        let best = epochs.indices.max {
            (epochs[$0].validationAccuracy, -epochs[$0].validationLoss)
                < (epochs[$1].validationAccuracy, -epochs[$1].validationLoss)
        }
        #expect(best == epochs.count - 3)
    }

    /// Two trainings that differ in what they keep have the same epochs, and the last one's weights are those of a training that ends
    /// where it was the best.
    @Test func theLastEpochIsKeptWhereThatIsAsked() throws {
        let data = try SmallData()
        defer { data.remove() }
        var configuration = data.configuration()
        (configuration.epochs, configuration.learningRate) = (12, 0.1)
        let best = try data.train(configuration)
        let kept = try #require(best.metrics.keptEpochs.first)
        try #require(kept.epoch < 12, "the best epoch is the last: this data tells nothing")

        (configuration.keep, configuration.output) = (.last, configuration.output + "-last")
        let last = try data.train(configuration)
        func losses(_ outcome: TrainingRun.Outcome) -> [Double] { outcome.metrics.history.epochs.map(\.validationLoss) }
        #expect(losses(last) == losses(best) && last.metrics.keptEpochs.map(\.epoch) == [12])
        #expect(last.model.parameters != best.model.parameters)
        (configuration.epochs, configuration.output) = (kept.epoch, configuration.output + "-shorter")
        #expect(try data.train(configuration).model.parameters == best.model.parameters)
    }

    @Test func aDivergingTrainingSaysSoAndKeepsWhatWasGood() throws {
        let data = try SmallData()
        defer { data.remove() }
        var configuration = data.configuration()
        configuration.learningRate = 1e38
        let error = #expect(throws: DuetError.self) { try data.train(configuration) }
        #expect(error?.kind == .badData)
        #expect(error?.message.contains("diverged") == true)
        let model = URL(fileURLWithPath: configuration.output).appendingPathComponent("model.safetensors")
        if let kept = try? TrainedModel(contentsOf: model) { #expect(kept.parameters.firstNotFinite == nil) }
    }

    @Test func theLastSmallerBatchIsTrainedOn() throws {
        let data = try SmallData()
        defer { data.remove() }
        var configuration = data.configuration()
        configuration.batchSize = 50
        configuration.epochs = 1
        let recorder = Recorder()
        _ = try data.run(configuration).train(observers: [recorder])
        let last = try #require(recorder.batches.last)
        #expect(last.of % 50 != 0)
        #expect(last.seen == last.of)
    }

    /// What observers are told.
    private final class Recorder: TrainingObserver {
        var batches: [(seen: Int, of: Int)] = []
        var headModels: [Parameters] = []

        func batchEnded(_ training: Training) {
            batches.append((training.examplesSeen, training.examplesPerEpoch))
        }

        func epochEnded(_ epoch: TrainingHistory.Epoch, isBest: Bool, _ training: Training) throws {
            if epoch.phase == .head, isBest { headModels.append(try training.keptModel().parameters) }
        }
    }

    @Test func aTrainingNeedsNoFolder() throws {
        let data = try SmallData()
        defer { data.remove() }
        let configuration = data.configuration()
        let alone = try Trainer(configuration, data: TrainingData(configuration)).train()
        #expect(!FileManager.default.fileExists(atPath: configuration.output))
        #expect(try data.train(configuration).model.parameters == alone.model.parameters)
    }

    @Test func aRunFolderHasOneWriter() throws {
        let data = try SmallData()
        defer { data.remove() }
        let configuration = data.configuration()
        let loaded = try TrainingData(configuration)
        do {
            let first = try TrainingRun(configuration, data: loaded)
            let error = #expect(throws: DuetError.self) {
                _ = try TrainingRun(configuration, data: loaded, overwrite: true)
            }
            #expect(error?.kind == .cannotWrite)
            #expect(error?.message.contains("another training is writing into") == true)
            _ = try first.train()
        }
        // Whoever held it is gone.
        let leftover = URL(fileURLWithPath: configuration.output).appendingPathComponent(".history.csv.0123.partial")
        try Data("phase".utf8).write(to: leftover)
        _ = try TrainingRun(configuration, data: loaded, resume: true).train()
        #expect(!FileManager.default.fileExists(atPath: leftover.path))
    }

    @Test func aCheckpointWithoutASettingCountsAsItsDefault() throws {
        let data = try SmallData()
        defer { data.remove() }
        var configuration = data.configuration()
        configuration.epochs = 2
        let first = try data.train(configuration)
        let url = RunFolder(URL(fileURLWithPath: configuration.output)).checkpoint
        var file = try SafetensorsFile(contentsOf: url)
        let settings = try #require(file.metadata["configuration"])
        let older = settings.replacingOccurrences(of: "\"fine_tune\":false,", with: "")
        #expect(older != settings)
        file.metadata["configuration"] = older
        try file.write(to: url, overwrite: true)
        #expect(try data.run(configuration, resume: true).train().model.parameters == first.model.parameters)

        file.metadata["version"] = "99"
        try file.write(to: url, overwrite: true)
        let error = #expect(throws: DuetError.self) { _ = try data.run(configuration, resume: true).train() }
        #expect(error?.message.contains("has version 99 of its format") == true)
    }

    @Test func oneModalityAloneIsAModel() throws {
        let data = try SmallData()
        defer { data.remove() }
        for modality in ["image", "audio"] {
            var configuration = data.configuration(modality)
            configuration.modalities = [modality]
            let outcome = try data.train(configuration)
            #expect(outcome.model.architecture.name == "small-\(modality)")
            #expect(outcome.model.modalities.map(\.name) == [modality])
            #expect(outcome.metrics.test.accuracies.alone.isEmpty)
            #expect(outcome.metrics.test.accuracies.all.accuracy > 0.9)
            let saved = try TrainedModel(contentsOf: RunFolder(URL(fileURLWithPath: configuration.output)).model)
            #expect(saved.parameters == outcome.model.parameters)
        }
        var unknown = data.configuration("unknown")
        unknown.modalities = ["smell"]
        let error = #expect(throws: DuetError.self) { try data.train(unknown) }
        #expect(error?.kind == .usage && error?.message.contains("no modality 'smell'; it has audio, image") == true)
    }

    @Test(arguments: LearningRateSchedule.allCases)
    func learningRatesStartPeakAndEndAsTheyShould(_ schedule: LearningRateSchedule) {
        let rates = (0..<100).map { schedule.rate(step: $0, of: 100, peak: 0.01) }
        #expect(rates.allSatisfy { $0 > 0 && $0 <= 0.01 })
        switch schedule {
        case .constant: #expect(Set(rates) == [0.01])
        case .cosine: #expect(rates[0] == 0.01 && abs(rates[50] - 0.005) < 1e-6 && rates[99] < 1e-4)
        case .oneCycle:
            // PyTorch's OneCycleLR(max_lr=0.01, total_steps=100): steps 0, 10, 29, 60 and 99.
            for (step, expected) in [(0, 0.0004), (10, 0.0029516395), (29, 0.01), (60, 0.0058928009), (99, 4e-8)] {
                #expect(abs(Double(rates[step]) - expected) < 1e-6, "step \(step): \(rates[step])")
            }
        }
    }
}
