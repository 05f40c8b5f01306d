import Datasets
import Duet
import FileFormats
import Foundation
import NeuralNetwork
import TestSupport
import Testing

/// The product of experts: what it computes, how its temperatures are fitted, and how branches are trained for it.
@Suite(.serialized)
struct ProductFusionTests {
    @Test func exponentsAreSciPys() throws {
        for example in try StatisticsFixture.load().logLinear {
            let exponents = LogLinearFit(example.logarithms, labels: example.labels).exponents
            #expect(isClose(exponents, example.exponents, tolerance: 1e-5), "\(exponents), \(example.exponents)")
        }
    }

    @Test func exponentsStayFiniteWhereNothingIsEverWrong() {
        let sure = [[0.9, 0.1, 0.1, 0.9].map { log($0) }, [0.8, 0.2, 0.3, 0.7].map { log($0) }]
        let exponents = LogLinearFit(sure, labels: [0, 1]).exponents
        #expect(exponents.allSatisfy { $0 > 1 && $0 <= 20 })
    }

    @Test func theProductIsThatOfTheBranchesPowers() throws {
        var network = Network()
        for name in ["a", "b"] { try network.addInput(name, shape: [3]) }
        let output = try ProductFusion().join(["a", "b"], head: [], prefix: "head", in: &network)
        let temperatures: [Float] = [0.5, 2]
        let parameters = Parameters(
            zip(["head.tempered_log", "head.tempered_log_1"], temperatures).map {
                .init(name: "\($0).temperature", shape: [1], values: [$1])
            })
        let program = try Program(
            network, outputs: [output], batchSize: 2, parameters: FrozenParameters(parameters), threads: 1)
        // A zero must not become a NaN.
        let inputs: [String: [Float]] = ["a": [0.7, 0.2, 0.1, 1, 0, 0], "b": [0.1, 0.5, 0.4, 0.25, 0.25, 0.5]]
        for (name, values) in inputs { _ = program.input(name).update(fromContentsOf: values) }
        program.run()
        for row in 0..<2 {
            let powers = (0..<3).map { column in
                pow(Double(inputs["a"]![row * 3 + column]), 2) * Double(inputs["b"]![row * 3 + column]).squareRoot()
            }
            let sum = powers.reduce(0, +)
            for column in 0..<3 {
                #expect(abs(Double(program.output(output)[row * 3 + column]) - powers[column] / sum) < 1e-6)
            }
        }
    }

    private func configuration(_ data: SmallData, _ name: String = "run") -> TrainingConfiguration {
        var configuration = data.configuration(name)
        configuration.fusion = "product"
        configuration.schedule = .staged
        configuration.branches = ["audio": BranchTraining(epochs: 9, batchSize: 8), "image": BranchTraining(epochs: 5)]
        configuration.augmentation = ["image": .init(), "audio": .init()]
        configuration.augmentation["image"]?.translation = 0.05
        configuration.augmentation["audio"]?.noise = 0.2
        return configuration
    }

    @Test func aStagedProductTrainsEachBranchAsItsSettingsSayAndNeedsNoHead() throws {
        let data = try SmallData()
        defer { data.remove() }
        let outcome = try data.train(configuration(data))
        let epochs = outcome.metrics.history.epochs
        #expect(
            epochs.map(\.phase) == Array(repeating: .branch("audio"), count: 9)
                + Array(repeating: .branch("image"), count: 5))
        let best = outcome.metrics.keptEpochs
        #expect(best.map(\.phase) == [.branch("audio"), .branch("image")])
        for epoch in best {
            let others = epochs.filter { $0.phase == epoch.phase }.map(\.validationAccuracy)
            #expect(others.max() == epoch.validationAccuracy)
        }
        #expect(outcome.model.architecture.name == "small-product")
        #expect(outcome.model.architecture.head.isEmpty)
        let accuracies = outcome.metrics.test.accuracies
        #expect(accuracies.all.accuracy > 0.95)
        for (modality, alone) in accuracies.alone { #expect(alone.accuracy > 0.8, "\(modality)") }
        let folder = RunFolder(URL(fileURLWithPath: configuration(data).output))
        let saved = try TrainedModel(contentsOf: folder.model)
        #expect(saved.parameters == outcome.model.parameters)
        let temperatures = ["head.tempered_log", "head.tempered_log_1"].map {
            saved.parameters["\($0).temperature"]?.values ?? []
        }
        #expect(
            temperatures.allSatisfy { $0.count == 1 && $0[0] > 0.04 && $0[0] < 21 && $0[0] != 1 }, "\(temperatures)")
        let settings = try ConfigurationFile.training(contentsOf: folder.configuration)
        #expect(try JSON.text(settings) == JSON.text(configuration(data)))
    }

    /// What a modality alone predicts is what its branch says, which no head stands before.
    @Test func aModalityAloneIsItsBranchAlone() throws {
        let data = try SmallData()
        defer { data.remove() }
        let outcome = try data.train(configuration(data))
        let (model, predictions) = (outcome.model, outcome.test.predictions)
        let dataset = try DatasetFolder(data.folder).load()
        for branch in model.architecture.branches {
            let name = branch.modality.name
            let column = try #require(dataset[name])
            let network = try model.architecture.network(of: branch)
            let program = try Program(
                network, outputs: ["\(name).dense"], batchSize: 1,
                parameters: FrozenParameters(model.parameters.restricted(to: network)), threads: 1)
            for (position, row) in predictions.rows.enumerated() {
                let input = try #require(program.input(name).baseAddress)
                try model.normalization.gather([row], of: column, into: input)
                program.run()
                let own = Array(program.output("\(name).dense"))
                #expect(predictions.predicted(.alone(name), at: position) == own.firstIndex(of: own.max()!))
            }
        }
    }

    @Test func rowsOfEqualValuesAndClassCountOnce() throws {
        let values: [Float] = [1, 2, 3, 4]
        let column = try Column(.audio, shape: [2, 1], values: values + [1, 2] + [1, 2])
        #expect(try column.distinctRows(among: [3, 2, 1, 0]) { _ in 0 } == [3, 1])
        #expect(try column.distinctRows(among: [0, 1, 2, 3]) { $0 % 3 } == [0, 1, 2])
    }

    /// Each recording is made to be that of several pictures, none of which comes twice.
    @Test func whatIsPairedOftenCountsOnceWhereItIsTrainedAlone() throws {
        let data = try SmallData()
        defer { data.remove() }
        let file = data.folder.appendingPathComponent("data_sp_train.npy")
        let audio = try #require(try DatasetFolder(data.folder).load()["audio"])
        let repeated = try (0..<200).flatMap { try audio[$0 % 40] }
        try NPYArray.write(repeated, shape: [200, 12], to: file, overwrite: true)
        final class Sizes: TrainingObserver {
            var sizes: [TrainingPhase: Int] = [:]
            func epochEnded(_ epoch: TrainingHistory.Epoch, isBest: Bool, _ training: Training) {
                sizes[training.phase] = training.examplesPerEpoch
            }
        }
        let (sizes, settings) = (Sizes(), configuration(data))
        _ = try data.run(settings).train(observers: [sizes])
        let train = try TrainingData(settings).split.train
        let recordings = Set(train.map { $0 % 40 }).count
        #expect(recordings < train.count)
        #expect(sizes.sizes == [.branch("audio"): recordings, .branch("image"): train.count])
    }

    /// Stops in the audio branch's phase and in the image branch's.
    @Test(arguments: [20, 220])
    func aStoppedTrainingGoesOnAsIfItHadNot(steps: Int) throws {
        let data = try SmallData()
        defer { data.remove() }
        let whole = try data.train(configuration(data, "whole"))
        let stopped = configuration(data, "stopped")
        let error = #expect(throws: DuetError.self) {
            try data.run(stopped).train(monitor: Watcher { $1 == steps }.monitor)
        }
        #expect(error?.kind == .interrupted)
        let resumed = try data.run(stopped, resume: true).train()
        #expect(resumed.model.parameters == whole.model.parameters)
    }

    @Test func aCalibrationTellsHowFarItIsAndCanBeStopped() throws {
        let data = try SmallData()
        defer { data.remove() }
        let settings = configuration(data, "whole")
        let watcher = Watcher()
        let whole = try data.run(settings).train(monitor: watcher.monitor)
        let reports = watcher.reports.filter { $0.label == "Calibrating" }
        #expect(reports.count > 10)
        #expect(reports.map(\.completed) == reports.map(\.completed).sorted())
        let last = try #require(reports.last)
        // Each branch's noise is counted, and nothing that is not done.
        #expect(reports.allSatisfy { $0.total == last.completed })

        let stopped = configuration(data, "stopped")
        let error = #expect(throws: DuetError.self) {
            try data.run(stopped).train(
                monitor: Watcher { reports, _ in reports.contains { $0.label == "Calibrating" } }.monitor)
        }
        #expect(error?.kind == .interrupted && error?.message.contains("--resume") == true)
        let resumed = try data.run(stopped, resume: true).train()
        #expect(resumed.model.parameters == whole.model.parameters)
        #expect(resumed.model.calibration?.all == whole.model.calibration?.all)
        #expect(resumed.model.embeddingDistances == whole.model.embeddingDistances)
    }

    @Test func whatCannotBeJoinedIsRefused() throws {
        let data = try SmallData()
        defer { data.remove() }
        func message(_ change: (inout TrainingConfiguration) -> Void) throws -> String {
            var settings = configuration(data)
            change(&settings)
            let error = #expect(throws: (any Error).self) {
                try settings.validate()
                _ = try Trainer(settings, data: TrainingData(settings))
            }
            return "\(try #require(error))"
        }
        #expect(try message { $0.fusion = "produkt" }.contains("did you mean product?"))
        #expect(try message { $0.branches["smell"] = BranchTraining(epochs: 1) }.contains("settings for 'smell'"))
        #expect(try message { $0.branches["image"] = BranchTraining(epochs: 0) }.contains("branches.image.epochs is 0"))
        #expect(
            try message { $0.augmentation["image"]?.rotation = 181 }.contains("augmentation.image.rotation is 181"))
        #expect(
            try message { $0.augmentation["audio"]?.rotation = 3 }.contains("augmentation.audio.rotation cannot be"))
        #expect(
            try message { $0.augmentation["image"]?.timeMask = 3 }.contains("augmentation.image.time_mask cannot be"))
        let headless = FusionModel("headless", branches: SmallData.model.branches)
        #expect(try message { ($0.model, $0.fusion) = (.custom(headless), nil) }.contains("needs a head"))
    }
}
