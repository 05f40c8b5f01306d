import ArgumentParser
import Duet
import Foundation
import NeuralNetwork
import PairedData
import TerminalUI

/// `duet train`.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a model on a dataset folder.",
        discussion: """
            Trains, keeps the best validation epoch, and measures it on the test pairs. Settings come from a YAML file, \
            from flags, or both; the flags win. The run folder gets config.yaml (every setting), history.csv, \
            metrics.json, model.safetensors, a report (see duet report), and a checkpoint to resume from after Ctrl-C or a \
            crash.

            Examples:
              duet train --data data/digits --output runs/first
              duet train config.yaml --epochs 3 --output runs/short
              duet train --resume --output runs/first
              duet train --profile --data data/digits
            """)

    @Argument(help: "A YAML file with settings, such as a run folder's config.yaml.")
    var config: String?

    @OptionGroup var settings: TrainingOptions

    @Option(help: "The run folder to make (default: runs/MODEL).")
    var output: String?

    @Flag(help: "Go on with the run in --output from its last checkpoint.")
    var resume = false

    @Flag(help: "Replace a run that lies in --output already.")
    var force = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    @Flag(help: "Show no progress.")
    var quiet = false

    @Flag(help: "Write no report at the end.")
    var noReport = false

    @Flag(help: "Train a few steps, tell where their time goes, and write nothing.")
    var profile = false

    @Option(help: "The steps that --profile times (default: 30).")
    var profileSteps: Int?

    func run() throws {
        try checkProfileOptions()
        let configuration = try resume ? resumedConfiguration() : freshConfiguration()
        let folder = RunFolder(URL(fileURLWithPath: configuration.output))
        let data = try TrainingData(
            URL(fileURLWithPath: configuration.data), split: configuration.split, seed: configuration.seed,
            limit: configuration.limit)
        let trainer = try Trainer(configuration, data: data, folder: folder)
        if profile { return try printProfile(of: trainer, configuration) }
        if !resume { try folder.create(overwrite: force) }

        let reporter = TrainingReporter(quiet: quiet)
        reporter.announce(configuration, data)
        let started = ContinuousClock.now
        let result = try trainer.train(
            resume: resume, observe: reporter.report, isInterrupted: { Interruption.requested })
        let evaluation = try Evaluator(result.model).evaluate(data.dataset, rows: data.split.test, on: .test) { _, _ in
            guard Interruption.requested else { return }
            let resuming = "duet train --resume --output \(configuration.output)"
            throw DuetError(.interrupted, "stopped; the model is trained, but not measured. Go on with: \(resuming)")
        }.evaluation
        let metrics = TrainingMetrics(result, evaluation)
        try metrics.write(to: folder)
        let report = try noReport ? nil : writeReport(of: result.model, data, to: folder, configuration)

        if json {
            print(try JSON.prettyText(metrics))
        } else if !quiet {
            print(metrics.text(seconds: started.duration(to: .now).seconds, configuration, folder, report))
        }
    }

    private func freshConfiguration() throws -> TrainingConfiguration {
        var configuration =
            try config.map { try ConfigurationFile.training(contentsOf: URL(fileURLWithPath: $0)) }
            ?? TrainingConfiguration(data: "", output: "")
        try settings.apply(to: &configuration)
        if let output { configuration.output = output }
        if configuration.output.isEmpty {
            let name = configuration.model.name
            configuration.output = "runs/\(name)"
        }
        guard !configuration.data.isEmpty else {
            throw DuetError(
                .usage,
                "say which dataset to train on: --data DIR (duet data fetch digits makes one), or 'data:' in YAML")
        }
        try configuration.validate()
        return configuration
    }

    private func resumedConfiguration() throws -> TrainingConfiguration {
        guard let output else { throw DuetError(.usage, "--resume needs the run folder: --output runs/NAME") }
        guard config == nil, settings.isEmpty, !force else {
            throw DuetError(
                .usage, "--resume takes its settings from \(output)/config.yaml; give no others beside --output")
        }
        let folder = RunFolder(URL(fileURLWithPath: output))
        guard FileManager.default.fileExists(atPath: folder.configuration.path) else {
            throw DuetError(.missingInput, "\(output) is no run folder: it has no config.yaml to resume from")
        }
        var configuration = try ConfigurationFile.training(contentsOf: folder.configuration)
        configuration.output = output
        try configuration.validate()
        return configuration
    }
}

/// The settings that a training has in common with a comparison.
struct TrainingOptions: ParsableArguments {
    @Option(help: "The dataset folder.")
    var data: String?

    @Option(help: "A preset (\(Presets.names.joined(separator: ", "))) or a YAML file (default: model-2).")
    var model: String?

    @Option(help: "How often each pair is seen (default: 10).")
    var epochs: Int?

    @Option(help: "Pairs per step (default: 32).")
    var batchSize: Int?

    @Option(help: "Adam's learning rate (default: 0.001).")
    var learningRate: Float?

    @Option(help: "How it changes: \(Self.names(LearningRateSchedule.self)) (default: constant).")
    var learningRateSchedule: LearningRateSchedule?

    @Option(help: "All weights at once, or branch by branch and then the head: joint, staged (default: joint).")
    var schedule: TrainingConfiguration.Schedule?

    @Flag(help: "After a staged training, train all weights together once more.")
    var fineTune = false

    @Option(help: "The share of examples that the head gets with one modality absent (default: 0).")
    var modalityDropout: Float?

    @Option(help: "End after this many epochs without a better validation accuracy (default: never).")
    var earlyStopping: Int?

    @Option(help: "By recording, or at random as in the paper: utterance, paper (default: utterance).")
    var split: Split.Method?

    @Option(help: "Settles everything that is drawn at random (default: 42).")
    var seed: UInt64?

    @Option(help: "Mixed precision, or all in float32: \(Self.names(Precision.self)) (default: float32).")
    var precision: Precision?

    @Option(help: "Threads to compute on (default: all processors).")
    var threads: Int?

    @Option(help: "Train on this many pairs only, for a quick try (default: all).")
    var limit: Int?

    /// Whether nothing was given.
    var isEmpty: Bool {
        data == nil && model == nil && epochs == nil && batchSize == nil && learningRate == nil
            && learningRateSchedule == nil && schedule == nil && !fineTune && modalityDropout == nil
            && earlyStopping == nil && split == nil
            && seed == nil && precision == nil && threads == nil && limit == nil
    }

    /// Puts what was given in place of what a file or the defaults say.
    func apply(to configuration: inout TrainingConfiguration) throws {
        if let data { configuration.data = data }
        if let model { configuration.model = try ModelArgument.choice(model) }
        if let epochs { configuration.epochs = epochs }
        if let batchSize { configuration.batchSize = batchSize }
        if let learningRate { configuration.learningRate = learningRate }
        if let learningRateSchedule { configuration.learningRateSchedule = learningRateSchedule }
        if let schedule { configuration.schedule = schedule }
        if fineTune { configuration.fineTune = true }
        if let modalityDropout { configuration.modalityDropout = modalityDropout }
        if let earlyStopping { configuration.earlyStopping = earlyStopping }
        if let split { configuration.split = split }
        if let seed { configuration.seed = seed }
        if let precision { configuration.precision = precision }
        if let threads { configuration.threads = threads }
        if let limit { configuration.limit = limit }
    }

    private static func names<Value: CaseIterable & RawRepresentable<String>>(_ type: Value.Type) -> String {
        type.allCases.map(\.rawValue).joined(separator: ", ")
    }
}

extension LearningRateSchedule: ExpressibleByArgument {}
extension Precision: ExpressibleByArgument {}
extension TrainingConfiguration.Schedule: ExpressibleByArgument {}
extension Split.Method: ExpressibleByArgument {}
extension EvaluationSide: ExpressibleByArgument {}
extension PreparationChoice: ExpressibleByArgument {}
