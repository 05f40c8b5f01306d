public import ArgumentParser
import Datasets
import Duet
public import DuetSearch
import FileFormats
import Foundation
import NeuralNetwork
import TerminalUI

/// `duet search`.
struct SearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Train every network of a search space, and tell which are best.",
        discussion: """
            Without --space, the space is the standard one: around the paper's four models, more than 300,000 networks. Late \
            fusion lets the work add up: each branch is trained once, and each head on what the branches predict. The networks are \
            compared on the validation examples; the test examples are not looked at.

            Examples:
              duet search --data data/digits --space space.yaml --count
              duet search --data data/digits --space space.yaml --epochs 3 --output studies/first
              duet search show studies/first
              duet search best studies/first --within 0.001 --objective parameters
              duet train --from studies/first --output runs/best
            """,
        subcommands: [Run.self, Show.self, Best.self, Export.self], defaultSubcommand: Run.self)

    /// `duet search run`, which is also `duet search`.
    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Train every network of a search space.",
            discussion: """
                Started again with --resume, a search goes on where it was stopped or killed. Started several times on one \
                folder, also on several terminals at once, the processes share the work.
                """)

        @OptionGroup var settings: TrainingOptions

        @Option(help: "The search space, a YAML file (default: the standard space).")
        var space: String?

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
            if resume { return try search(resumedStudy()) }
            let (space, configuration, data) = try freshSearch()
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

        private func freshSearch() throws -> (SearchSpace, TrainingConfiguration, TrainingData) {
            guard settings.model == nil, settings.modalities == nil, settings.fusion == nil else {
                throw DuetError(
                    .usage, "the networks are those of --space; leave out --model, --modalities and --fusion")
            }
            guard let path = settings.data else {
                throw DuetError(.usage, "say which dataset to search on: --data DIR")
            }
            // Many small trainings are faster one beside the other than one after the other on several threads.
            var configuration = TrainingConfiguration(data: path, output: "runs/search", schedule: .staged, threads: 1)
            try settings.apply(to: &configuration)
            try configuration.validate()
            let data = try TrainingData(configuration)
            let space =
                try space.map { try SearchSpace(contentsOf: URL(fileURLWithPath: $0), for: data) }
                ?? SearchSpace(SearchSpace.standard, path: "the standard space", for: data.dataset)
            return (space, configuration, data)
        }

        private func resumedStudy() throws -> Study {
            guard let output else { throw DuetError(.usage, "--resume needs the study: --output studies/NAME") }
            guard settings.isEmpty, space == nil, sample == nil, !count else {
                throw DuetError(
                    .usage, "--resume takes the space and all settings from \(output); give only --jobs beside it")
            }
            return try Study(opening: URL(fileURLWithPath: output))
        }

        private func search(_ study: Study) throws {
            let threads = try study.configuration().threads
            let jobs = jobs ?? max(1, TrainingConfiguration.availableThreads / threads)
            try ProgressReporter(quiet: quiet).run(
                whenStopped:
                    "stopped; what is trained is saved. Go on with: duet search --resume --output \(study.folder.relativePath)"
            ) { try ExhaustiveSearch(study).run(jobs: jobs, monitor: $0) }
            try Show.show(study, json: json)
        }
    }

    /// `duet search show`.
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show how far a study has come, its best networks, and the best of each size.")

        @Argument(help: "The study's folder.")
        var study: String

        @Option(help: "How many of the best networks to show.")
        var top = 10

        @Flag(help: "Print JSON.")
        var json = false

        func run() throws {
            guard (0...100_000).contains(top) else {
                throw DuetError(.usage, "--top is \(top), but must be from 0 to 100000")
            }
            try Self.show(Study(opening: URL(fileURLWithPath: study)), top: top, json: json)
        }

        static func show(_ study: Study, top: Int = 10, json: Bool) throws {
            let summary = try StudySummary(study, top: top)
            print(json ? try JSON.prettyText(summary) : try summary.text(study))
        }
    }

    /// `duet search best`.
    struct Best: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Describe the best network of a study in YAML, as `duet train --model` takes it.",
            discussion: """
                Example, the smallest network that is at most 0.001 less accurate than the most accurate one:
                  duet search best studies/first --within 0.001 --objective parameters > small.yaml
                """)

        @Argument(help: "The study's folder.")
        var study: String

        @Option(help: "What counts: \(SearchObjective.allCases.map(\.rawValue).joined(separator: ", ")).")
        var objective = SearchObjective.accuracy

        @Option(help: "How much lower the validation accuracy may be than that of the most accurate network.")
        var within = 0.0

        @Flag(help: "Print JSON, with what was measured.")
        var json = false

        func run() throws {
            guard within >= 0, within <= 1 else {
                throw DuetError(.usage, "--within is \(within), but must be from 0 to 1")
            }
            let study = try Study(opening: URL(fileURLWithPath: study))
            guard let best = try study.results().best(by: objective, within: within) else {
                throw DuetError(.badData, "\(study.folder.path) has no trained network yet")
            }
            if json { return print(try JSON.prettyText(best)) }
            print(best.comment + "\n" + (try ConfigurationFile.text(of: study.model(best.name))))
        }
    }

    /// `duet search export`.
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a study's table: a row for each trained network, as CSV.")

        @Argument(help: "The study's folder.")
        var study: String

        @Option(help: "The CSV file to write.")
        var output: String

        @Flag(help: "Replace the file where it is there already.")
        var force = false

        func run() throws {
            let study = try Study(opening: URL(fileURLWithPath: study))
            try study.writeTable(to: URL(fileURLWithPath: output), overwrite: force)
        }
    }
}

extension SearchObjective: ExpressibleByArgument {}
