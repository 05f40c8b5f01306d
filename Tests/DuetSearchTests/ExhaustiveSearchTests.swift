import Datasets
import Duet
import DuetReport
import DuetSearch
import FileFormats
import Foundation
import NeuralNetwork
import Synchronization
import TestSupport
import Testing

/// An exhaustive search on data that small networks learn in seconds.
@Suite(.serialized)
struct ExhaustiveSearchTests {
    private static let space = """
        name: small
        branches:
          - modality: audio
            layers:
              - Conv1D: {filters: [2, 4], kernel: 2, activation: relu}
              - BatchNormalization: {momentum: 0.9}
              - Flatten
              - Dense: {units: $classes, activation: softmax}
          - modality: image
            layers:
              - optional: [Conv2D: {filters: 2, kernel: 3, activation: relu}, Dropout: {rate: 0.25}]
              - Flatten
              - Dense: {units: $classes, activation: softmax}
        heads:
          - {fusion: product}
          - fusion: [concatenate, residual]
            layers: [Dense: {units: $classes, activation: softmax}]
        """

    private func configuration(_ data: SmallData) -> TrainingConfiguration {
        var configuration = data.configuration()
        (configuration.schedule, configuration.folds, configuration.epochs) = (.staged, 2, 3)
        configuration.branches = ["audio": BranchTraining(epochs: 4)]
        return configuration
    }

    private func study(
        _ data: SmallData, _ name: String = "study", space: String = Self.space,
        _ change: (inout TrainingConfiguration) -> Void = { _ in }
    ) throws -> Study {
        var configuration = configuration(data)
        change(&configuration)
        let training = try TrainingData(configuration)
        return try Study(
            creating: data.folder.appendingPathComponent(name),
            SearchSpace(space, path: "space.yaml", for: training.dataset), configuration, training)
    }

    /// What branches predict of a fold is kept once.
    @Test func foldsAreByGroup() throws {
        let data = try SmallData()
        defer { data.remove() }
        #expect(try study(data).configuration().foldsBy == .group)
        let error = try #require(throws: DuetError.self) { try study(data, "other") { $0.foldsBy = .speaker } }
        #expect(error.kind == .usage && error.description.contains("set folds_by to group"))
    }

    /// The same numbers as where each network is trained alone.
    @Test func everyNetworkIsAsIfTrainedAlone() throws {
        let data = try SmallData()
        defer { data.remove() }
        let study = try study(data)
        try ExhaustiveSearch(study).run()
        let results = try study.results()
        #expect(try results.count == 12 && study.progress().isComplete)
        for result in results {
            var configuration = try study.configuration()
            configuration.model = .custom(try study.model(result.name))
            let training = try TrainingData(configuration)
            let alone = try Trainer(configuration, data: training).train()
            #expect(try alone.model.architecture.network().summary().totalParameters == result.parameters)
            if let head = alone.history.bestEpoch(of: .head) {
                #expect(head.validationAccuracy == result.validationAccuracy, "\(result.name)")
                #expect(head.validationLoss == result.validationLoss, "\(result.name)")
            } else {
                // Without a head, nothing of the fusion is measured in a training; the evaluation softens and calibrates.
                var model = alone.model
                (model.embeddingDistances, model.calibration) = ([:], nil)
                let evaluator = try Evaluator(model, threads: 1)
                let found = try evaluator.evaluate(training.dataset, rows: training.split.validation, on: .validation)
                    .evaluation
                #expect(found.accuracies.all.accuracy == result.validationAccuracy)
                #expect(abs(found.loss - result.validationLoss) < 1e-6 * max(1, found.loss))
            }
        }
    }

    /// The choices in words are those of the networks, and the validation folds those of the accuracies.
    @Test func aStudyKnowsWhatItsNetworksAre() throws {
        let data = try SmallData()
        defer { data.remove() }
        let study = try study(data)
        try ExhaustiveSearch(study).run(jobs: 2)
        let results = try study.results()
        let table = try study.choices(of: results)
        #expect(table.columns.map(\.name) == ["audio Conv1D filters", "image optional Conv2D 2", "head fusion"])
        for (row, result) in results.enumerated() {
            let model = try study.model(result.name)
            let filters = try #require(model.branches[0].networks[0][0] as? Conv1D).filters
            #expect(table.columns[0].text(row) == "\(filters)")
            #expect(table.columns[1].text(row) == (model.branches[1].networks[0][0] is Conv2D ? "yes" : "no"))
            #expect(table.columns[2].text(row) == type(of: model.fusion).name)
        }
        let sizes = try study.validationFolds()
        let count = sizes.reduce(0, +)
        #expect(try count == study.data(study.configuration()).split.validation.count)
        let correct = try study.correctByFold()
        #expect(correct.allSatisfy { zip($0, sizes).allSatisfy { $0 <= $1 } })
        #expect(
            correct.map { Int($0.reduce(0, +)) }.sorted()
                == results.map { Int(($0.validationAccuracy * Double(count)).rounded()) }.sorted())
    }

    @Test func latenciesAddUp() throws {
        let data = try SmallData()
        defer { data.remove() }
        let study = try study(data)
        try ExhaustiveSearch(study).run(jobs: 2)
        #expect(try study.results().allSatisfy { $0.latency == nil })
        try study.measureLatencies()
        let results = try study.results()
        func latency(_ branches: [Int], _ head: Int) throws -> Double {
            try #require(results.first { $0.branches == branches && $0.head == head }?.latency)
        }
        // The same difference between two heads, whatever the branches.
        let differences = try [[0, 0], [0, 1], [1, 0], [1, 1]].map { try latency($0, 2) - latency($0, 0) }
        #expect(differences.allSatisfy { abs($0 - differences[0]) < 1e-12 })
        #expect(results.allSatisfy { ($0.latency ?? 0) > 0 && ($0.latency ?? 1) < 0.1 })
        let best = try #require(results.best(by: .latency, within: 1))
        #expect(best.latency == results.compactMap(\.latency).min())
        let whole = try study.measureLatency(of: best.name)
        #expect(whole.low > 0 && whole.low <= whole.median && whole.median <= whole.high && whole.high < 0.1)
        let unknown = try #require(throws: DuetError.self) { try study.measureLatency(of: "none-0-0-0") }
        #expect(unknown.kind == .usage)
        // What is measured stays.
        try study.measureLatencies()
        #expect(try study.results() == results)
        let table = data.folder.appendingPathComponent("table.csv")
        try study.writeTable(to: table)
        #expect(try String(contentsOf: table, encoding: .utf8).split(separator: "\n")[0].hasSuffix(",latency_ms"))
    }

    @Test func aReportShowsWhatTheStudyFound() throws {
        let data = try SmallData()
        defer { data.remove() }
        let study = try study(data)
        let none = try #require(throws: DuetError.self) { try StudyReport.write(study) }
        #expect(none.kind == .badData)
        try ExhaustiveSearch(study).run(jobs: 2)
        let report = try StudyReport.write(study, with: nil, monitor: .none)
        let best = try #require(study.results().first)
        let page = try String(contentsOfFile: report.page, encoding: .utf8)
        #expect(page.contains(best.name) && page.contains("selection optimism") == (report.optimism != nil))
        #expect(report.networks == 12 && report.effects.effects.count == 3 && report.presets.isEmpty)
        #expect(report.notes.count == 1 && report.notes[0].contains("gnuplot"))
        let drawn = try StudyReport.write(study)
        #expect(drawn.notes.isEmpty, "\(drawn.notes)")
        for figure in ["front", "choices", "importance"] {
            let picture = study.folder.appendingPathComponent("figures/\(figure).svg")
            #expect(FileManager.default.fileExists(atPath: picture.path), "\(figure)")
        }
    }

    /// Any number of workers, one after another or at once, stopped or not: the same table.
    @Test func workersChangeNothingButTheTime() throws {
        let data = try SmallData()
        defer { data.remove() }
        let one = try study(data, "one")
        try ExhaustiveSearch(one).run()
        let expected = try one.results()

        let several = try study(data, "several")
        try ExhaustiveSearch(several).run(jobs: 3)
        #expect(try several.results() == expected)

        let stopped = try study(data, "stopped")
        for most in 1...8 {
            let asked = Mutex(0)
            let monitor = WorkMonitor(isCancelled: {
                asked.withLock {
                    $0 += 1; return $0 > most * 12
                }
            })
            try? ExhaustiveSearch(stopped).run(jobs: 2, monitor: monitor)
        }
        #expect(try !stopped.progress().isComplete)
        try ExhaustiveSearch(Study(opening: stopped.folder)).run(jobs: 2)
        #expect(try stopped.results() == expected && stopped.progress().trainedNetworks == 12)
    }

    @Test func aBranchThatDivergesFailsAndTheOthersGoOn() throws {
        let data = try SmallData()
        defer { data.remove() }
        let study = try study(data) { $0.branches["audio"] = BranchTraining(epochs: 2, learningRate: 1e30) }
        try ExhaustiveSearch(study).run()
        let progress = try study.progress()
        #expect(progress.isComplete && progress.failedBranches == 2 && progress.failedNetworks == 12)
        let failures = try study.failures()
        #expect(failures.map(\.name) == ["audio 0", "audio 1"] && failures[0].reason.contains("diverged"))
        #expect(try study.results().isEmpty)
    }

    @Test func aHeadThatDivergesFailsAndTheOthersGoOn() throws {
        let data = try SmallData()
        defer { data.remove() }
        // Two layers, so that their product is no number.
        let space = Self.space.replacingOccurrences(
            of: "layers: [Dense: {units", with: "layers: [Dense: {units: 8}, Dense: {units")
        let study = try study(data, space: space) { configuration in
            configuration.learningRate = 1e30
            for modality in ["audio", "image"] {
                configuration.branches[modality] = BranchTraining(epochs: 2, learningRate: 5e-3)
            }
        }
        try ExhaustiveSearch(study).run()
        let progress = try study.progress()
        #expect(progress.isComplete && progress.failedBranches == 0 && progress.failedNetworks == 8, "\(progress)")
        // The product has nothing to train.
        #expect(try study.results().map(\.head) == [0, 0, 0, 0])
    }

    @Test func aStudyWhoseMakingWasBrokenOffIsMadeAgain() throws {
        let data = try SmallData()
        defer { data.remove() }
        let folder = data.folder.appendingPathComponent("study")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data().write(to: folder.appendingPathComponent("study.sqlite"))
        let error = try #require(throws: DuetError.self) { try Study(opening: folder) }
        #expect(error.kind == .missingInput && error.message.contains("broken off"), "\(error)")
        let study = try study(data)
        #expect(try study.progress().networks == 12)
    }

    @Test func theBestIsChosenByWhatCounts() {
        func result(_ accuracy: Double, _ loss: Double, _ parameters: Int) -> NetworkResult {
            NetworkResult(
                name: "\(accuracy) \(parameters)", branches: [], head: 0, validationAccuracy: accuracy,
                validationLoss: loss,
                parameters: parameters)
        }
        let results = [
            result(0.9, 0.1, 50), result(0.95, 0.2, 100), result(0.95, 0.1, 200), result(0.94, 0.1, 100),
            result(0.99, 0.3, 900),
        ]
        #expect(results.paretoFront.map(\.parameters) == [50, 100, 900])
        #expect(results.best(by: .accuracy)?.parameters == 900)
        #expect(results.best(by: .parameters, within: 0.05)?.parameters == 100)
        #expect(results.best(by: .parameters, within: 0.05)?.validationAccuracy == 0.95)
        #expect(results.best(by: .accuracy, within: 0.5)?.parameters == 900)
        #expect([NetworkResult]().best(by: .accuracy) == nil)
    }

    @Test func foldersThatAreNoStudiesAreRefused() throws {
        let data = try SmallData()
        defer { data.remove() }
        let study = try study(data)
        let again = try #require(throws: DuetError.self) { try self.study(data) }
        #expect(again.kind == .exists && again.message.contains("--resume"))
        let none = try #require(throws: DuetError.self) { try Study(opening: data.folder) }
        #expect(none.kind == .missingInput && none.message.contains("study.sqlite"))
        let name = try #require(throws: DuetError.self) { try study.model("small-0-7-0") }
        #expect(name.kind == .usage && name.message.contains("small-0-0-0"))

        let broken = data.folder.appendingPathComponent("broken")
        try FileManager.default.createDirectory(at: broken, withIntermediateDirectories: true)
        try Data("no database, whatever its name says".utf8).write(to: broken.appendingPathComponent("study.sqlite"))
        let error = try #require(throws: DuetError.self) { try Study(opening: broken) }
        #expect(error.kind == .badData && error.message.contains("broken/study.sqlite"), "\(error)")

        let schedule = try #require(throws: DuetError.self) { try self.study(data, "joint") { $0.schedule = .joint } }
        #expect(schedule.kind == .usage && schedule.message.contains("staged"))
    }
}
