public import ArgumentParser
import Datasets
import Duet
import DuetSearch
import FileFormats
import Foundation
import NeuralNetwork

extension SearchCommand {
    /// `duet search run`, which is also `duet search`.
    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Train the networks of a search space.",
            discussion: """
                Started again with --resume, a search goes on where it was stopped or killed. Started several times on one \
                folder, also on several terminals at once, the processes share the work.
                """)

        @OptionGroup var settings: TrainingOptions

        @Option(help: "The search space, a YAML file (default: the standard space).")
        var space: String?

        @Option(
            help: ArgumentHelp(
                "What to train: every network (exhaustive), or some, chosen by the results of those before (tpe) or at random.",
                valueName: "strategy"))
        var strategy: SearchStrategy = .exhaustive

        @Option(
            help: ArgumentHelp(
                "With tpe and random: how many networks to train by this strategy (default: 50).", valueName: "n"))
        var trials: Int?

        @Flag(
            inversion: .prefixedNo,
            help: "With tpe: train as many networks chosen at random beside, to see what the strategy brings.")
        var randomBaseline = true

        @Option(
            help: ArgumentHelp(
                "With tpe and random: begin no training after this time, such as 90s, 30m or 2h.", valueName: "time"))
        var budget: Duration?

        @Option(
            help: ArgumentHelp(
                "With tpe: what to aim at, separated by commas: accuracy, parameters (default: accuracy).",
                valueName: "objectives"))
        var objectives: SearchObjectives?

        @Flag(
            help:
                "With tpe and random: train each for a ninth of its epochs, the best third again for a third, and the best third of those for all."
        )
        var halving = false

        @Flag(help: "Only print how many networks there are.")
        var count = false

        @Option(help: ArgumentHelp("Only print some networks, drawn at random.", valueName: "n"))
        var sample: Int?

        @Option(help: "The folder for the study (default: studies/NAME, after the space).")
        var output: String?

        @Option(help: "Networks to train at a time (default: one per processor).")
        var jobs: Int?

        @Flag(help: "Go on with the study in --output.")
        var resume = false

        @Flag(help: "Print JSON.")
        var json = false

        @Flag(help: "Show no progress.")
        var quiet = false

        func run() throws {
            if let jobs, !(1...1024).contains(jobs) {
                throw DuetError(.usage, "--jobs is \(jobs), but must be from 1 to 1024")
            }
            if let trials, !(1...1_000_000).contains(trials) {
                throw DuetError(.usage, "--trials is \(trials), but must be from 1 to 1000000")
            }
            if resume { return try search(resumedStudy()) }
            let (configuration, data) = try freshSettings()
            if let strategy = strategy.sampling { return try searchSome(strategy, configuration, data) }
            guard trials == nil, budget == nil, objectives == nil, !halving, randomBaseline else {
                throw DuetError(
                    .usage,
                    "--trials, --budget, --objectives, --halving and --no-random-baseline belong to --strategy tpe or random; exhaustive trains every network"
                )
            }
            try searchAll(configuration, data)
        }

        /// Trains every network, or tells about them.
        private func searchAll(_ configuration: TrainingConfiguration, _ data: TrainingData) throws {
            let space =
                try space.map { try SearchSpace(contentsOf: URL(fileURLWithPath: $0), for: data) }
                ?? SearchSpace(SearchSpace.standard, path: "the standard space", for: data.dataset)
            if count { return print(space.countText) }
            if let sample {
                guard (1...1000).contains(sample) else {
                    throw DuetError(.usage, "--sample is \(sample), but must be from 1 to 1000")
                }
                return print(
                    try space.sample(sample, seed: configuration.seed).map(ConfigurationFile.text).joined(
                        separator: "---\n"))
            }
            let folder = URL(fileURLWithPath: output ?? "studies/\(space.name)")
            try search(Study(creating: folder, space, configuration, data))
        }

        /// Trains some networks.
        private func searchSome(
            _ strategy: Sampling.Strategy, _ configuration: TrainingConfiguration, _ data: TrainingData
        ) throws {
            guard sample == nil, !count else {
                throw DuetError(
                    .usage, "--count and --sample belong to an exhaustive search, which knows all of its networks")
            }
            guard objectives == nil || strategy == .tpe else {
                throw DuetError(.usage, "--objectives belongs to --strategy tpe; random aims at nothing")
            }
            let space =
                try space.map { try TrialSpace(contentsOf: URL(fileURLWithPath: $0), for: data) }
                ?? TrialSpace(SearchSpace.standard, path: "the standard space", for: data.dataset)
            // With a budget alone, the time is the end.
            let sampling = Sampling(
                strategy, trials: trials ?? (budget == nil ? 50 : nil), objectives: objectives?.list ?? [.accuracy],
                halves: halving, comparesWithRandom: randomBaseline)
            let folder = URL(fileURLWithPath: output ?? "studies/\(space.name)")
            try search(Study(creating: folder, space, sampling, configuration, data))
        }

        private func freshSettings() throws -> (TrainingConfiguration, TrainingData) {
            guard settings.model == nil, settings.modalities == nil, settings.fusion == nil else {
                throw DuetError(
                    .usage, "the networks are those of --space; leave out --model, --modalities and --fusion")
            }
            guard let path = settings.data else {
                throw DuetError(.usage, "say which dataset to search on: --data DIR")
            }
            // Many small trainings are faster one beside the other than one after the other on several threads.
            var configuration = TrainingConfiguration(data: path, output: "runs/search", threads: 1)
            if strategy == .exhaustive { configuration.schedule = .staged }
            try settings.apply(to: &configuration)
            try configuration.validate()
            let data = try ProgressReporter(quiet: quiet).run { try TrainingData(configuration, monitor: $0) }
            return (configuration, data)
        }

        private func resumedStudy() throws -> Study {
            guard let output else { throw DuetError(.usage, "--resume needs the study: --output studies/NAME") }
            guard settings.isEmpty, space == nil, sample == nil, !count, strategy == .exhaustive, objectives == nil,
                !halving, randomBaseline
            else {
                throw DuetError(
                    .usage,
                    "--resume takes the space and all settings from \(output); give only --jobs, --trials and --budget beside it"
                )
            }
            let study = try Study(opening: URL(fileURLWithPath: output))
            if let trials { try study.setTrials(trials) }
            return study
        }

        private func search(_ study: Study) throws {
            let threads = try study.configuration().threads
            let jobs = jobs ?? max(1, TrainingConfiguration.availableThreads / threads)
            let progress = ProgressReporter(quiet: quiet)
            try progress.run(
                whenStopped:
                    "stopped; what is trained is saved. Go on with: duet search --resume --output \(study.folder.relativePath)"
            ) { monitor in
                guard let sampling = try study.sampling() else {
                    guard budget == nil else {
                        throw DuetError(.usage, "--budget belongs to --strategy tpe or random")
                    }
                    return try ExhaustiveSearch(study).run(jobs: jobs, monitor: monitor)
                }
                guard sampling.trials != nil || budget != nil else {
                    throw DuetError(
                        .usage, "the search has no end: it was begun with --budget alone; give --trials or --budget")
                }
                let deadline = budget.map { ContinuousClock.now + $0 }
                try SampledSearch(study).run(jobs: jobs, until: deadline, monitor: monitor)
            }
            try writeReport(study, progress)
            try Show.show(study, json: json)
        }

        /// The report that a search ends with. A search has not failed because its report cannot be written: that is a warning.
        private func writeReport(_ study: Study, _ progress: ProgressReporter) throws {
            guard try study.progress().trainedNetworks > 0 else { return }
            let command = "duet search report \(study.folder.relativePath)"
            do {
                let report = try progress.run(whenStopped: "stopped; the report is missing: \(command)") {
                    try StudyReport.write(study, monitor: $0)
                }
                report.notes.forEach(progress.warn)
            } catch let error as DuetError where error.kind != .interrupted {
                progress.warn("\(error.message). The report is missing; \(command) writes it")
            }
        }
    }
}

/// The values of `--strategy`.
enum SearchStrategy: String, CaseIterable, ExpressibleByArgument {
    case exhaustive, tpe, random

    /// How networks are chosen; nil where every one is trained.
    var sampling: Sampling.Strategy? { Sampling.Strategy(rawValue: rawValue) }
}

/// The values of `--objectives`, each once.
struct SearchObjectives: ExpressibleByArgument {
    let list: [SearchObjective]

    init?(argument: String) {
        let names = argument.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        list = names.compactMap(SearchObjective.init(rawValue:)).filter { $0 != .latency }
        guard !list.isEmpty, list.count == names.count, Set(list).count == list.count else { return nil }
    }
}

/// A time such as 90s, 30m or 2h.
extension Duration: @retroactive ExpressibleByArgument {
    /// - Parameter argument: a positive number with its unit: s, m or h.
    public init?(argument: String) {
        let seconds = ["s": 1.0, "m": 60, "h": 3600]
        guard let unit = argument.last.flatMap({ seconds[String($0)] }), let number = Double(argument.dropLast()),
            number > 0, number * unit <= 1e8
        else { return nil }
        self = .seconds(number * unit)
    }
}
