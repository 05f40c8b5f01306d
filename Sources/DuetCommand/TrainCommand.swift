import ArgumentParser
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
        let progress = ProgressReporter(quiet: quiet)
        let data = try progress.run { try TrainingData(configuration, monitor: $0) }
        if profile { return try printProfile(of: Trainer(configuration, data: data), configuration) }

        let run = try TrainingRun(configuration, data: data, resume: resume, overwrite: force)
        let reporter = TrainingReporter(quiet: quiet)
        try reporter.announce(configuration, data)
        let started = ContinuousClock.now
        let outcome = try progress.run {
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
