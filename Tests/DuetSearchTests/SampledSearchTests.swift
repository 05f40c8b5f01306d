import Datasets
import Duet
import DuetSearch
import FileFormats
import Foundation
import NeuralNetwork
import Synchronization
import TestSupport
import Testing

/// Searches that choose what they try, on data that small networks learn in seconds.
@Suite(.serialized)
struct SampledSearchTests {
    private static let space = """
        name: some
        branches:
          - modality: audio
            layers:
              - MaxPooling1D: {pool: [3, 13]}
              - Flatten
              - Dense: {units: {from: 4, to: 32, scale: log}, activation: relu}
              - Dense: {units: $classes, activation: softmax}
          - modality: image
            layers:
              - optional: [Dropout: {rate: {from: 0.1, to: 0.4}}]
              - Flatten
              - Dense: {units: $classes, activation: softmax}
        heads:
          - {fusion: [product, average]}
          - {fusion: concatenate, layers: [Dense: {units: $classes, activation: softmax}]}
        training:
          learning_rate: {from: 0.0005, to: 0.02, scale: log}
          batch_size: [8, 16]
          branches: {audio: {epochs: [1, 2]}}
        """

    private func study(
        _ data: SmallData, _ name: String, _ sampling: Sampling, space: String = Self.space, seed: UInt64 = 1,
        epochs: Int = 1
    ) throws -> Study {
        var configuration = data.configuration()
        (configuration.schedule, configuration.folds, configuration.epochs) = (.staged, 2, epochs)
        configuration.seed = seed
        let training = try TrainingData(configuration)
        return try Study(
            creating: data.folder.appendingPathComponent(name),
            TrialSpace(space, path: "space.yaml", for: training.dataset), sampling, configuration, training)
    }

    @Test(arguments: [
        Sampling(.tpe, trials: 18), Sampling(.random, trials: 12),
        Sampling(.tpe, trials: 24, objectives: [.accuracy, .parameters], comparesWithRandom: false),
    ])
    func theTrialsAreTheSameForAnyNumberOfWorkers(sampling: Sampling) throws {
        let data = try SmallData()
        defer { data.remove() }
        let alone = try study(data, "alone", sampling)
        try SampledSearch(alone).run()
        let results = try alone.results()
        let strategies = try alone.strategies()
        #expect(strategies.map(\.strategy) == (sampling.comparesWithRandom ? [.tpe, .random] : [sampling.strategy]))
        #expect(strategies.allSatisfy { $0.accuracies.count == sampling.trials })
        #expect(results.count == strategies.count * (sampling.trials ?? 0) && Set(results.map(\.parameters)).count > 1)

        let together = try study(data, "together", sampling)
        // Stopped again and again, by two workers.
        for most in [3, 9, 14] {
            let asked = Mutex(0)
            let monitor = WorkMonitor(isCancelled: {
                asked.withLock {
                    $0 += 1
                    return $0 > most * 3
                }
            })
            try? SampledSearch(together).run(jobs: 2, monitor: monitor)
        }
        #expect(try !together.progress().isComplete)
        try SampledSearch(Study(opening: together.folder)).run(jobs: 4)
        #expect(try together.results() == results && together.progress().isComplete)

        let other = try study(data, "other", sampling, seed: 2)
        try SampledSearch(other).run(jobs: 2)
        #expect(try other.results() != results)
    }

    /// What was chosen at random beside changes nothing of what the strategy chooses, and is what a search at random would choose.
    @Test func theRandomBaselineIsApart() throws {
        let data = try SmallData()
        defer { data.remove() }
        let compared = try study(data, "compared", Sampling(.tpe, trials: 20))
        try SampledSearch(compared).run(jobs: 2)
        let random = try study(data, "random", Sampling(.random, trials: 40))
        try SampledSearch(random).run(jobs: 2)
        let (all, allRandom) = try (compared.results(), random.results())
        for number in stride(from: 1, to: 40, by: 2) {
            #expect(all.first { $0.name == "some-\(number)" } == allRandom.first { $0.name == "some-\(number)" })
        }
        let (tpe, baseline) = try (compared.strategies()[0], compared.strategies()[1])
        let found = all.map(\.validationAccuracy).max()
        #expect([tpe.highest.last, baseline.highest.last].compactMap { $0?.flatMap(\.self) }.max() == found)
        #expect(tpe.onParetoFront + baseline.onParetoFront == all.paretoFront.count)
        #expect(zip(tpe.highest, tpe.highest.dropFirst()).allSatisfy { ($0 ?? 0) <= ($1 ?? 0) })
    }

    /// A stopped trial leaves a checkpoint, from which it is trained on; one that is no use is passed over.
    @Test func aStoppedTrialGoesOnFromItsCheckpoint() throws {
        let data = try SmallData()
        defer { data.remove() }
        let whole = try study(data, "whole", Sampling(.random, trials: 2), epochs: 40)
        try SampledSearch(whole).run()
        let study = try study(data, "stopped", Sampling(.random, trials: 2), epochs: 40)
        let asked = Mutex(0)
        let monitor = WorkMonitor(isCancelled: {
            asked.withLock {
                $0 += 1
                return $0 > 30
            }
        })
        let error = #expect(throws: DuetError.self) { try SampledSearch(study).run(monitor: monitor) }
        #expect(error?.kind == .interrupted)
        let checkpoint = study.folder.appendingPathComponent("checkpoints/trial-0.safetensors")
        let saved = try SafetensorsFile(contentsOf: checkpoint)
        let position = try #require(saved.metadata["position"])
        #expect(!position.contains("\"batch\":0") || !position.contains("\"epoch\":0"), "\(position)")

        try Data("no checkpoint".utf8).write(
            to: study.folder.appendingPathComponent("checkpoints/trial-1.safetensors"))
        try SampledSearch(study).run()
        #expect(try study.results() == whole.results())
        #expect(!FileManager.default.fileExists(atPath: checkpoint.deletingLastPathComponent().path))
    }

    @Test func aTrialIsAsIfTrainedAlone() throws {
        let data = try SmallData()
        defer { data.remove() }
        let study = try study(data, "study", Sampling(.random, trials: 5))
        try SampledSearch(study).run(jobs: 2)
        var rates: Set<Float> = []
        for result in try study.results() {
            let configuration = try study.configuration(of: result.name)
            rates.insert(configuration.learningRate)
            #expect([8, 16].contains(configuration.batchSize))
            #expect([1, 2].contains(configuration.branches["audio"]?.epochs))
            let training = try TrainingData(configuration)
            let alone = try Trainer(configuration, data: training).train()
            #expect(alone.model.architecture.name == result.name)
            let found = try Evaluator(alone.model, threads: configuration.threads).evaluate(
                training.dataset, rows: training.split.validation, on: .validation
            ).evaluation
            #expect(found.accuracies.all.accuracy == result.validationAccuracy, "\(result.name)")
            #expect(found.loss == result.validationLoss, "\(result.name)")
        }
        #expect(rates.count == 5 && rates.allSatisfy { (0.0005...0.02).contains($0) })
    }

    @Test func aStudyGoesOnWithMoreTrials() throws {
        let data = try SmallData()
        defer { data.remove() }
        let study = try study(data, "study", Sampling(.random, trials: 2))
        try SampledSearch(study).run(until: .now)
        #expect(try study.results().isEmpty)
        try SampledSearch(study).run()
        #expect(try study.progress().isComplete && study.results().count == 2)
        // Where no number ends it, the time does.
        let endless = try self.study(data, "endless", Sampling(.random, trials: nil))
        try SampledSearch(endless).run(until: .now + .milliseconds(300))
        #expect(try endless.progress().isComplete && !endless.results().isEmpty)
        try study.setTrials(4)
        #expect(try !study.progress().isComplete)
        try SampledSearch(study).run()
        #expect(try study.progress().isComplete && study.results().count == 4)
    }

    /// The best third goes on, and no trial twice; the same trials for any number of workers.
    @Test func halvingTrainsTheBestLonger() throws {
        let data = try SmallData()
        defer { data.remove() }
        let sampling = Sampling(
            .tpe, trials: 45, objectives: [.accuracy, .parameters], halves: true, comparesWithRandom: false)
        let space = Self.space.replacingOccurrences(of: "epochs: [1, 2]", with: "epochs: [9, 18]")
        let alone = try study(data, "alone", sampling, space: space, epochs: 9)
        try SampledSearch(alone).run()
        let several = try study(data, "several", sampling, space: space, epochs: 9)
        try SampledSearch(several).run(jobs: 3)
        let results = try alone.results()
        #expect(try results == several.results())
        #expect(results.count > 1 && results.count < 10, "\(results.count)")
        #expect(try alone.progress().trainedNetworks == 45)
        for result in results {
            let settings = try alone.configuration(of: result.name)
            #expect(settings.epochs == 9 && [9, 18].contains(settings.branches["audio"]?.epochs))
        }
        let first = try alone.configuration(of: "some-0")
        #expect(first.epochs == 1 && [1, 2].contains(first.branches["audio"]?.epochs))
        let error = try #require(throws: DuetError.self) { try study(data, "few", sampling) }
        #expect(error.kind == .usage)
    }

    @Test func trialsThatFailAreKeptAndTheOthersGoOn() throws {
        let data = try SmallData()
        defer { data.remove() }
        let diverging = Self.space.replacingOccurrences(
            of: "learning_rate: {from: 0.0005, to: 0.02, scale: log}", with: "learning_rate: [0.005, 1.0e+30]")
        let study = try study(data, "study", Sampling(.tpe, trials: 10), space: diverging)
        try SampledSearch(study).run(jobs: 2)
        let progress = try study.progress()
        #expect(progress.isComplete && progress.failedNetworks > 0 && progress.trainedNetworks > 0, "\(progress)")
        #expect(try study.failures().allSatisfy { $0.name.hasPrefix("trial ") && $0.reason.contains("diverged") })
        let table = data.folder.appendingPathComponent("table.csv")
        try study.writeTable(to: table)
        let rows = try String(contentsOf: table, encoding: .utf8).split(separator: "\n")
        #expect(
            rows.count == progress.trainedNetworks + 1
                && rows[0].contains("image optional Dropout,image Dropout rate,head,"), "\(rows[0])")
    }

    @Test func spacesThatAllowNothingAreRefused() throws {
        let data = try SmallData()
        defer { data.remove() }
        let unfit = Self.space.replacingOccurrences(of: "pool: [3, 13]", with: "pool: [30000, 40000]")
        let study = try study(data, "study", Sampling(.tpe, trials: 3), space: unfit)
        let error = try #require(throws: DuetError.self) { try SampledSearch(study).run() }
        #expect(error.kind == .badData && error.message.contains("do not fit each other"), "\(error)")

        for (setting, message) in [
            ("seed: [1, 2]", "there is no setting 'seed'"), ("batch_size: [0]", "batch_size"),
            ("branches: {audio: {epoch: 3}}", "did you mean 'epochs'?"),
        ] {
            let space = Self.space.components(separatedBy: "training:")[0] + "training:\n  " + setting
            let error = try #require(throws: DuetError.self) {
                try SampledSearch(self.study(data, "\(setting.count)", Sampling(.random, trials: 1), space: space))
                    .run()
            }
            #expect(error.kind == .badData && error.message.contains(message), "\(error)")
        }
    }
}
