import ArgumentParser
import Datasets
import Duet
import DuetReport
import FileFormats
import Foundation
import TerminalUI

/// `duet compare`.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Train several models under one split and seed, and tell which is best.",
        discussion: """
            The paper's comparison: parameters, test accuracy with its 95 % interval, time per epoch, and whether a \
            difference from the best is more than chance (McNemar's exact test on the same test examples, corrected for the \
            number of comparisons). Each model gets a run folder below --output; one that is finished is not trained again when the same command \
            is given again with --resume.

            --specialists trains each modality alone beside each model, with that modality's branch as the whole model, and \
            tells whether the fused model is better than the best of them.

            --fusions trains each model once with each of the fusions. The specialists are trained once for all of them, and so \
            are, in a staged training, the branches.

            --seeds trains all of it once with each random seed, and compares the means. Intervals and tests count recordings \
            and not examples: a bootstrap and a permutation test over the groups of examples.

            Examples:
              duet compare --data data/digits --models model-1,model-2 --epochs 3
              duet compare --data data/digits --models model-2 --fusions concatenate,product --specialists --schedule staged
              duet compare --data data/digits --models model-2 --specialists --epochs 3 --seeds 1,2,3,4,5
            """)

    @Option(help: "Presets or YAML files, separated by commas.")
    var models = Presets.paper.joined(separator: ",")

    @Option(help: "Fusions that join the models' branches, separated by commas (default: each model's own).")
    var fusions: String?

    @Option(help: "Random seeds to train each model with, separated by commas, in place of --seed.")
    var seeds: String?

    @OptionGroup var settings: TrainingOptions

    @Option(help: "The folder for the run folders and comparison.json.")
    var output = "runs/compare"

    @Flag(help: "Go on with a comparison that was stopped.")
    var resume = false

    @Flag(help: "Replace earlier runs in --output.")
    var force = false

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Show no progress.")
    var quiet = false

    @Flag(help: "Train each modality of the models alone too: does fusion help, and how much?")
    var specialists = false

    func run() throws {
        let progress = ProgressReporter(quiet: quiet)
        do {
            if let seeds = try listedSeeds() { try compare(seeds, progress) } else { try compare(progress) }
        } catch let error as DuetError where error.kind == .interrupted {
            // What one training says of how to go on is not how the whole comparison does.
            throw DuetError(.interrupted, "stopped; the state is saved. Go on with the same command and --resume")
        }
    }

    private func compare(_ progress: ProgressReporter) throws {
        let folder = URL(fileURLWithPath: output)
        let comparison = try Comparison.train(
            configurations(into: output), resume: resume, overwrite: force, observers: observers,
            monitor: progress.monitor)
        try comparison.write(to: folder)
        let report = try progress.run { try ComparisonReport.write(comparison, to: folder, monitor: $0) }
        report.notes.forEach(progress.warn)
        progress.say("The report is \(report.page).")
        print(json ? try JSON.prettyText(comparison) : comparison.text())
    }

    private func compare(_ seeds: [UInt64], _ progress: ProgressReporter) throws {
        func folder(_ seed: UInt64) -> String { "\(output)/seed-\(seed)" }
        let trainings = try seeds.map { seed in
            try configurations(into: folder(seed)).map { configuration in
                var configuration = configuration
                configuration.seed = seed
                return configuration
            }
        }
        let comparison = try SeedComparison.train(
            trainings, resume: resume, overwrite: force, observers: observers, monitor: progress.monitor
        ) { comparison, seed in
            let folder = URL(fileURLWithPath: folder(seed))
            try comparison.write(to: folder)
            let report = try progress.run { try ComparisonReport.write(comparison, to: folder, monitor: $0) }
            report.notes.forEach(progress.warn)
        }
        try comparison.write(to: URL(fileURLWithPath: output))
        let page = try ComparisonReport.write(comparison, to: URL(fileURLWithPath: output))
        progress.say("The report is \(page).")
        print(json ? try JSON.prettyText(comparison) : comparison.text())
    }

    private func observers(
        _ configuration: TrainingConfiguration, _ data: TrainingData
    ) throws -> [any TrainingObserver] {
        let reporter = TrainingReporter(quiet: quiet)
        try reporter.announce(configuration, data)
        return [reporter]
    }

    private func listedSeeds() throws -> [UInt64]? {
        guard let seeds else { return nil }
        guard settings.seed == nil else { throw DuetError(.usage, "give --seeds or --seed, not both") }
        let list = Self.list(seeds)
        let numbers = list.compactMap { UInt64($0) }
        guard numbers.count == list.count, numbers.count > 1, Set(numbers).count == numbers.count else {
            throw DuetError(.usage, "--seeds is '\(seeds)'; expected two or more different numbers, such as 1,2,3")
        }
        return numbers
    }

    private func configurations(into output: String) throws -> [TrainingConfiguration] {
        guard settings.model == nil else { throw DuetError(.usage, "compare takes --models, not --model") }
        guard let data = settings.data else { throw DuetError(.usage, "say which dataset to compare on: --data DIR") }
        let names = Self.list(models)
        guard !names.isEmpty else { throw DuetError(.usage, "--models names no model") }
        guard fusions == nil || settings.fusion == nil else {
            throw DuetError(.usage, "give --fusions or --fusion, not both")
        }
        let fusions = try fusions.map { fusions in
            let names = Self.list(fusions)
            guard !names.isEmpty else { throw DuetError(.usage, "--fusions names no fusion") }
            return names
        }
        let configurations = try names.flatMap { name in
            let choice = try ModelArgument.choice(name)
            func configuration(_ change: (inout TrainingConfiguration) -> Void) throws -> TrainingConfiguration {
                var configuration = TrainingConfiguration(data: data, output: "")
                try settings.apply(to: &configuration)
                configuration.model = choice
                change(&configuration)
                configuration.output = "\(output)/\(configuration.name)"
                try configuration.validate()
                return configuration
            }
            let fused =
                try fusions?.map { fusion in try configuration { $0.fusion = fusion } } ?? [configuration { _ in }]
            let alone = specialists ? choice.modalities.map(\.name) : []
            return try fused + alone.map { name in try configuration { ($0.modalities, $0.fusion) = ([name], nil) } }
        }
        guard Set(configurations.map(\.output)).count == configurations.count else {
            throw DuetError(
                .usage, "two of the compared models have the same name; expected different --models and --fusions")
        }
        return configurations
    }

    private static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
