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
        abstract: "Train the networks of a search space, all or some, and tell which are best.",
        discussion: """
            Without --space, the space is the standard one: around the paper's four models, more than 300,000 networks. With the \
            strategy exhaustive, every network is trained. Late fusion lets the work add up: each branch is trained once, and each \
            head on what the branches predict. With tpe and random, some networks are trained as a whole, with settings of the \
            training that the space leaves open too. The networks are compared on the validation examples; the test examples are not \
            looked at.

            Examples:
              duet search --data data/digits --space space.yaml --count
              duet search --data data/digits --space space.yaml --epochs 3 --output studies/first
              duet search --data data/digits --space space.yaml --strategy tpe --trials 100 --output studies/second
              duet search show studies/first
              duet search best studies/first --within 0.001 --objective parameters
              duet train --from studies/first --output runs/best
            """,
        subcommands: [Run.self, Show.self, Best.self, Report.self, Latency.self, Export.self],
        defaultSubcommand: Run.self)

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
            abstract:
                "Describe the best network of a study, or another one, in YAML, as `duet train --model` takes it.",
            discussion: """
                Example, the smallest network that is at most 0.001 less accurate than the most accurate one:
                  duet search best studies/first --within 0.001 --objective parameters > small.yaml
                Example, the three best networks with five random seeds each:
                  for n in 3-1-0 3-1-2 7-1-0; do duet search best studies/first --pick first-$n > $n.yaml; done
                  duet compare --models 3-1-0.yaml,3-1-2.yaml,7-1-0.yaml --seeds 1,2,3,4,5 --data data/digits
                """)

        @Argument(help: "The study's folder.")
        var study: String

        @Option(help: "What counts: \(SearchObjective.allCases.map(\.rawValue).joined(separator: ", ")).")
        var objective = SearchObjective.accuracy

        @Option(help: "How much lower the validation accuracy may be than that of the most accurate network.")
        var within = 0.0

        @Option(help: "The name of another network, as `duet search show` lists them.")
        var pick: String?

        @Flag(help: "Print JSON, with what was measured.")
        var json = false

        func run() throws {
            guard within >= 0, within <= 1 else {
                throw DuetError(.usage, "--within is \(within), but must be from 0 to 1")
            }
            let study = try Study(opening: URL(fileURLWithPath: study))
            let results = try study.results()
            guard !results.isEmpty else {
                throw DuetError(.badData, "\(study.folder.path) has no trained network yet")
            }
            let picked = pick.map { pick in results.first { $0.name == pick } }
            guard let best = picked ?? results.best(by: objective, within: within) else {
                throw DuetError(.usage, "\(study.folder.path) has no trained network '\(pick ?? "")'")
            }
            guard objective != .latency || best.latency != nil else {
                throw DuetError(
                    .usage, "no latency is measured yet; measure: duet search latency \(study.folder.relativePath)")
            }
            if json { return print(try JSON.prettyText(best)) }
            print(best.comment + "\n" + (try ConfigurationFile.text(of: study.model(best.name))))
        }
    }

    /// `duet search report`.
    struct Report: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a report on a study: figures and an HTML page.",
            discussion: """
                Writes report.html and the folder figures into the study's folder, in place of an earlier report. `duet search` \
                writes the report at its end; a search that is not over has one too.
                """)

        @Argument(help: "The study's folder.")
        var study: String

        @Flag(help: "Open the page in the browser.")
        var open = false

        @Flag(help: "Print paths and numbers as JSON.")
        var json = false

        @Flag(help: "Show no progress.")
        var quiet = false

        func run() throws {
            let progress = ProgressReporter(quiet: quiet)
            let study = try Study(opening: URL(fileURLWithPath: study))
            let report = try progress.run(whenStopped: "stopped; no report was written") {
                try StudyReport.write(study, monitor: $0)
            }
            if json {
                print(try JSON.prettyText(report))
            } else {
                report.notes.forEach(progress.warn)
                if !quiet { print("The report is \(report.page).") }
            }
            if open { try Browser.open(report.page) }
        }
    }

    /// `duet search latency`.
    struct Latency: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Measure how long each network of a study takes for one example.",
            discussion: """
                Measures each branch and each head 100 times on one thread, one after another, and adds their medians up; each trial of a \
                search that tries some trainings as a whole. What is measured already is not measured again. The machine should \
                have nothing else to do.

                With --pick, networks are measured as a whole and shown beside these sums, with the 10th and 90th percentiles of the \
                runs:
                  duet search latency studies/first --pick first-3-1-0,first-7-1-2
                """)

        @Argument(help: "The study's folder.")
        var study: String

        @Option(help: "Networks to measure as a whole, by name.")
        var pick: String?

        @Flag(help: "Show no progress.")
        var quiet = false

        func run() throws {
            let study = try Study(opening: URL(fileURLWithPath: study))
            if let pick { return try measureWhole(networks: pick, of: study) }
            let progress = ProgressReporter(quiet: quiet)
            try progress.run(
                whenStopped: "stopped; what is measured is saved, and the rest is measured when called again"
            ) {
                try study.measureLatencies(monitor: $0)
            }
            try Show.show(study, json: false)
        }

        private func measureWhole(networks: String, of study: Study) throws {
            let names = networks.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            guard !names.isEmpty else {
                throw DuetError(.usage, "--pick names no network; name some, as `duet search show` lists them")
            }
            var table = TextTable([
                .left("network"), .right("sum of its parts, ms"), .right("as a whole, ms"), .right("10 %"),
                .right("90 %"),
            ])
            func text(_ seconds: Double) -> String { String(format: "%.3f", seconds * 1000) }
            for name in names {
                let latency = try study.measureLatency(of: name)
                let sum = try study.latency(of: name).map(text) ?? "not measured"
                table.addRow([name, sum, text(latency.median), text(latency.low), text(latency.high)])
            }
            print(table.render(for: .standardOutput))
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
