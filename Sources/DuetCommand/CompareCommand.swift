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

            --fusions trains each model once with each of the fusions. The specialists are trained once for all of them.

            Examples:
              duet compare --data data/digits --models model-1,model-2 --epochs 3
              duet compare --data data/digits --models model-2 --fusions concatenate,product --specialists --schedule staged
              duet compare --data data/digits --models model-2 --specialists --epochs 3
            """)

    @Option(help: "Presets or YAML files, separated by commas.")
    var models = Presets.paper.joined(separator: ",")

    @Option(help: "Fusions that join the models' branches, separated by commas (default: each model's own).")
    var fusions: String?

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
        let configurations = try configurations()
        let progress = ProgressReporter(quiet: quiet)
        let comparison: Comparison
        do {
            comparison = try Comparison.train(
                configurations, resume: resume, overwrite: force,
                observers: { configuration, data in
                    let reporter = TrainingReporter(quiet: quiet)
                    try reporter.announce(configuration, data)
                    return [reporter]
                }, monitor: progress.monitor)
        } catch let error as DuetError where error.kind == .interrupted {
            // What one training says of how to go on is not how the whole comparison does.
            throw DuetError(.interrupted, "stopped; the state is saved. Go on with the same command and --resume")
        }
        try comparison.write(to: URL(fileURLWithPath: output))
        let report = try progress.run(
            whenStopped: "stopped; everything is written but the report. Go on with --resume"
        ) { try ComparisonReport.write(comparison, to: URL(fileURLWithPath: output), monitor: $0) }
        report.notes.forEach(progress.warn)
        progress.say("The report is \(report.page).")
        print(json ? try JSON.prettyText(comparison) : comparison.text())
    }

    private func configurations() throws -> [TrainingConfiguration] {
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

extension Comparison {
    /// The table, and who wins.
    func text(for terminal: Terminal = .standardOutput) -> String {
        var table = TextTable(
            [.left("model"), .right("parameters"), .right("test accuracy"), .left("95 % interval")]
                + modalities.map { .right("\($0) alone") } + [.right("per epoch"), .right("p against best")])
        for entry in entries {
            let (all, accuracies) = (entry.evaluation.accuracies.all, entry.evaluation.accuracies)
            table.addRow(
                [
                    entry.model == best ? Style(for: terminal).bold(entry.model.printable) : entry.model.printable,
                    Format.count(entry.parameters), Format.decimal(all.accuracy),
                    Format.interval(all.interval.low, all.interval.high, unicode: terminal.allowsUnicode),
                ] + modalities.map { accuracies[$0].map { Format.decimal($0.accuracy) } ?? "" } + [
                    Format.duration(entry.secondsPerEpoch),
                    entry.againstBest.map { $0.pValue < 1e-4 ? "< 0.0001" : Format.decimal($0.pValue) } ?? "",
                ])
        }
        return ([table.render(for: terminal), verdict] + fusions.map(\.sentence)).joined(separator: "\n\n")
    }

    private var verdict: String {
        let clear = entries.filter { ($0.againstBest?.pValue ?? 1) < significance }.map(\.model)
        let unclear = entries.filter { $0.againstBest != nil && !clear.contains($0.model) }.map(\.model)
        var sentences = ["\(best) has the highest test accuracy."]
        if !clear.isEmpty {
            sentences.append("Its lead on \(clear.joined(separator: ", ")) is more than chance.")
        }
        if !unclear.isEmpty {
            sentences.append("Its lead on \(unclear.joined(separator: ", ")) may be chance.")
        }
        if entries.count > 1 {
            sentences.append("(McNemar's exact test, p below \(Format.decimal(significance)) counts.)")
        }
        return sentences.joined(separator: " ")
    }
}
