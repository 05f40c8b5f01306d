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
        #expect(evaluation.accuracy > 0.95)
        #expect(result.history.epochs.count == 6)
        #expect(result.history.epochs.last!.loss < result.history.epochs.first!.loss)

        let folder = RunFolder(URL(fileURLWithPath: configuration.output))
        let saved = try TrainedModel(contentsOf: folder.model)
        #expect(saved.parameters == result.model.parameters)
        let history = try String(contentsOf: folder.history, encoding: .utf8).split(separator: "\n")
        #expect(history.count == 7)
        #expect(history[0] == "phase,epoch,loss,accuracy,val_loss,val_accuracy,learning_rate,seconds")
        let settings = try ConfigurationFile.training(contentsOf: folder.configuration)
        #expect(try JSON.text(settings) == JSON.text(configuration))
    }

    @Test func stagedTrainingLearnsPhaseByPhase() throws {
        let data = try SmallData()
        defer { data.remove() }
        var configuration = data.configuration()
        configuration.schedule = .staged
        configuration.fineTune = true
        let result = try data.train(configuration)
        var phases: [TrainingPhase] = []
        for epoch in result.history.epochs where phases.last != epoch.phase { phases.append(epoch.phase) }
        #expect(phases == [.audio, .image, .head, .fineTune])
        #expect(try Evaluator(result.model).evaluate(data.folder, on: .test).evaluation.accuracy > 0.95)
    }

    @Test func theHeadsPhaseLeavesTheBranchesAlone() throws {
        let data = try SmallData()
        defer { data.remove() }
        var configuration = data.configuration()
        configuration.schedule = .staged
        let folder = RunFolder(URL(fileURLWithPath: configuration.output))
        try folder.create(overwrite: false)
        var branches: [Parameters] = []
        let result = try data.trainer(configuration).train(observe: { event in
            // The model file is first written in the head's first epoch.
            guard case .epochFinished(let epoch, let isBest) = event, epoch.phase == .head, isBest else { return }
            if let model = try? TrainedModel(contentsOf: folder.model) { branches.append(model.parameters) }
        })
        branches.append(result.model.parameters)
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
        try RunFolder(URL(fileURLWithPath: stopped.output)).create(overwrite: false)
        var step = 0
        let error = #expect(throws: DuetError.self) {
            _ = try data.trainer(stopped).train(isInterrupted: {
                step += 1
                return step == steps
            })
        }
        #expect(error?.kind == .interrupted)
        #expect(error?.message.contains("--resume") == true)
        let resumed = try data.trainer(stopped).train(resume: true)
        #expect(resumed.model.parameters == uninterrupted.model.parameters)
        #expect(try modelBytes(stopped) == modelBytes(whole))
        func measures(_ history: TrainingHistory) -> [[Double]] {
            history.epochs.map { [$0.loss, $0.accuracy, $0.validationLoss, $0.validationAccuracy] }
        }
        #expect(measures(resumed.history) == measures(uninterrupted.history))
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
            let folder = RunFolder(URL(fileURLWithPath: configuration.output))
            _ = try Trainer(configuration, data: changed, folder: folder).train(resume: true)
        }
        #expect(error?.message.contains("other data") == true)
    }

    @Test func resumingWithOtherSettingsIsRefused() throws {
        let data = try SmallData()
        defer { data.remove() }
        var configuration = data.configuration()
        try data.train(configuration)
        configuration.learningRate = 1e-4
        #expect(throws: DuetError.self) { _ = try data.trainer(configuration).train(resume: true) }
    }

    @Test func earlyStoppingEndsAPhaseThatNoLongerImproves() throws {
        let data = try SmallData()
        defer { data.remove() }
        var configuration = data.configuration()
        configuration.epochs = 60
        configuration.earlyStopping = 2
        let epochs = try data.train(configuration).history.epochs
        #expect(epochs.count < 60)
        let best = epochs.indices.max {
            (epochs[$0].validationAccuracy, -epochs[$0].validationLoss)
                < (epochs[$1].validationAccuracy, -epochs[$1].validationLoss)
        }
        #expect(best == epochs.count - 3)
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
        let folder = RunFolder(URL(fileURLWithPath: configuration.output))
        try folder.create(overwrite: false)
        var seen: [Int] = []
        _ = try data.trainer(configuration).train(observe: { event in
            if case .batchFinished(let pairs, let total, _, _) = event { seen += [pairs, total] }
        })
        let total = try #require(seen.last)
        #expect(total % 50 != 0)
        #expect(seen[seen.count - 2] == total)
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
