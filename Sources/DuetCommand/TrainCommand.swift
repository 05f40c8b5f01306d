public import ArgumentParser
import Datasets
import Duet
import DuetSearch
import FileFormats
import Foundation
import NeuralNetwork
import TerminalUI

/// `duet train`.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a model on a dataset folder.",
        discussion: """
            Trains, keeps the best validation epoch, and evaluates it on the test examples. Settings come from a YAML file, \
            from flags, or both; the flags win. The run folder gets config.yaml (every setting), history.csv, \
            metrics.json, model.safetensors, a report (see duet report), and a checkpoint to resume from after Ctrl-C or a \
            crash.

            Examples:
              duet train --data data/digits --output runs/first
              duet train config.yaml --epochs 3 --output runs/short
              duet train --data data/digits --modalities image --output runs/image
              duet train --from studies/first --output runs/best
              duet train --resume --output runs/first
              duet train --profile --data data/digits
            """)

    @Argument(help: "A YAML file with settings, such as a run folder's config.yaml.")
    var config: String?

    @OptionGroup var settings: TrainingOptions

    @Option(help: "The run folder to make (default: runs/MODEL).")
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Train a network of a study that duet search made, with the study's settings.", valueName: "study"))
    var from: String?

    @Option(help: "Which network of the study, by its name (default: the one with the highest validation accuracy).")
    var pick: String?

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
        let data = try TrainingData(configuration)
        if profile { return try printProfile(of: Trainer(configuration, data: data), configuration) }

        let run = try TrainingRun(configuration, data: data, resume: resume, overwrite: force)
        let reporter = TrainingReporter(quiet: quiet)
        try reporter.announce(configuration, data)
        let started = ContinuousClock.now
        let outcome = try ProgressReporter(quiet: quiet).run {
            try run.train(observers: [reporter], monitor: $0)
        }
        let report = try noReport ? nil : writeReport(of: outcome.model, data, to: run.folder, configuration)

        if json {
            print(try JSON.prettyText(outcome.metrics))
        } else if !quiet {
            print(
                outcome.metrics.text(
                    seconds: started.duration(to: .now).seconds, configuration, run.folder, report))
        }
    }

    private func freshConfiguration() throws -> TrainingConfiguration {
        var configuration =
            try pickedConfiguration() ?? config.map {
                try ConfigurationFile.training(contentsOf: URL(fileURLWithPath: $0))
            }
            ?? TrainingConfiguration(data: "", output: "")
        try settings.apply(to: &configuration)
        if let output { configuration.output = output }
        if configuration.output.isEmpty {
            configuration.output = "runs/\(configuration.name)"
        }
        guard !configuration.data.isEmpty else {
            throw DuetError(
                .usage,
                "say which dataset to train on: --data DIR (duet data fetch digits makes one), or 'data:' in YAML")
        }
        try configuration.validate()
        // A comparison may have specialists that read them.
        guard configuration.branches.isEmpty || configuration.schedule == .staged || configuration.isOfOneModality
        else {
            throw DuetError(
                .usage,
                "--branch-epochs and 'branches' are for branches that are trained alone; add --schedule staged, or --modalities "
                    + "with one of them")
        }
        return configuration
    }

    /// The settings of a study, with one of its networks.
    private func pickedConfiguration() throws -> TrainingConfiguration? {
        guard let from else {
            if pick != nil { throw DuetError(.usage, "--pick names a network of a study; say which: --from STUDY") }
            return nil
        }
        guard config == nil, settings.model == nil else {
            throw DuetError(
                .usage, "--from takes network and settings from \(from); give no file of settings and no --model")
        }
        let study = try Study(opening: URL(fileURLWithPath: from))
        guard let name = try pick ?? study.results().best(by: .accuracy)?.name else {
            throw DuetError(.badData, "\(from) has no trained network yet")
        }
        var configuration = try study.configuration(of: name)
        configuration.output = ""
        return configuration
    }

    private func resumedConfiguration() throws -> TrainingConfiguration {
        guard let output else { throw DuetError(.usage, "--resume needs the run folder: --output runs/NAME") }
        guard config == nil, from == nil, pick == nil, settings.isEmpty, !force else {
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

    @Option(help: "Fusion: \(Fusions.all.map { $0.name }.joined(separator: ", ")) (default: the model's own).")
    var fusion: String?

    @Option(help: "Train these modalities of the model only, separated by commas: image (default: all).")
    var modalities: String?

    @Option(help: "Number of epochs (default: 10).")
    var epochs: Int?

    @Option(help: "Batch size (default: 32).")
    var batchSize: Int?

    @Option(help: "Adam's learning rate (default: 0.001).")
    var learningRate: Float?

    @Option(help: "Learning rate schedule: \(Self.names(LearningRateSchedule.self)) (default: constant).")
    var learningRateSchedule: LearningRateSchedule?

    @Option(
        help: "Training schedule: joint (all weights at once), staged (each branch, then the head) (default: joint).")
    var schedule: TrainingConfiguration.Schedule?

    @Option(help: "Number of epochs of branches that are trained alone: image=3,audio=30 (default: as --epochs).")
    var branchEpochs: BranchEpochs?

    @Option(
        help: "Cross-fitting: number of folds for the head of a staged training; 1 for none (default: 3).")
    var folds: Int?

    @Option(help: "Factor of each branch's own loss in a joint training (default: 0).")
    var branchLossWeight: Float?

    @Flag(help: "Fine-tune all weights after a staged training.")
    var fineTune = false

    @Option(help: "Modality dropout: the share of training examples with one modality absent (default: 0).")
    var modalityDropout: Float?

    @Option(help: "Augmentation of the training examples: \(Self.names(AugmentationChoice.self)) (default: none).")
    var augment: AugmentationChoice?

    @Option(help: "Early stopping: epochs without a better validation accuracy (default: off).")
    var earlyStopping: Int?

    @Option(help: "Split: group (examples of one recording stay together), paper (at random) (default: group).")
    var split: Split.Method?

    @Option(help: "Random seed (default: 42).")
    var seed: UInt64?

    @Option(help: "Precision: \(Self.names(Precision.self)) (default: float32).")
    var precision: Precision?

    @Option(help: "Number of threads (default: all processors).")
    var threads: Int?

    @Option(help: "Train on this many examples only, for a quick try (default: all).")
    var limit: Int?

    /// Whether nothing was given.
    var isEmpty: Bool {
        data == nil && model == nil && fusion == nil && modalities == nil && epochs == nil && batchSize == nil
            && learningRate == nil && learningRateSchedule == nil && schedule == nil && branchEpochs == nil
            && folds == nil
            && branchLossWeight == nil && !fineTune && modalityDropout == nil && augment == nil && earlyStopping == nil
            && split == nil && seed == nil
            && precision == nil && threads == nil && limit == nil
    }

    /// Puts what was given in place of what a file or the defaults say.
    func apply(to configuration: inout TrainingConfiguration) throws {
        if let data { configuration.data = data }
        if let model { configuration.model = try ModelArgument.choice(model) }
        if let fusion { configuration.fusion = fusion }
        if let modalities {
            configuration.modalities = modalities.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        if let epochs { configuration.epochs = epochs }
        if let batchSize { configuration.batchSize = batchSize }
        if let learningRate { configuration.learningRate = learningRate }
        if let learningRateSchedule { configuration.learningRateSchedule = learningRateSchedule }
        if let schedule { configuration.schedule = schedule }
        for (modality, epochs) in branchEpochs?.epochs ?? [:] {
            configuration.branches[modality, default: BranchTraining()].epochs = epochs
        }
        if let folds { configuration.folds = folds }
        if let branchLossWeight { configuration.branchLossWeight = branchLossWeight }
        if fineTune { configuration.fineTune = true }
        if let modalityDropout { configuration.modalityDropout = modalityDropout }
        switch augment {
        case nil: break
        case .off: configuration.augmentation = [:]
        case .standard: configuration.augmentation = configuration.standardAugmentation
        case .speech: configuration.augmentation = configuration.speechAugmentation
        }
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

/// What `--augment` takes.
enum AugmentationChoice: String, CaseIterable, ExpressibleByArgument {
    case off = "none"
    case standard, speech
}

/// What `--branch-epochs` takes: numbers of epochs by modality, `image=3,audio=30`.
struct BranchEpochs: ExpressibleByArgument {
    let epochs: [String: Int]

    init?(argument: String) {
        var epochs: [String: Int] = [:]
        for entry in argument.split(separator: ",") {
            let parts = entry.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, let count = Int(parts[1]) else { return nil }
            epochs[parts[0].trimmingCharacters(in: .whitespaces)] = count
        }
        self.epochs = epochs
    }
}

extension LearningRateSchedule: ExpressibleByArgument {}
extension Precision: ExpressibleByArgument {}
extension TrainingConfiguration.Schedule: ExpressibleByArgument {}
extension Split.Method: ExpressibleByArgument {}
extension EvaluationSide: ExpressibleByArgument {}
extension PreparationChoice: ExpressibleByArgument {}
