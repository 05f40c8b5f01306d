import ArgumentParser
import Duet
import DuetReport
import Foundation
import NeuralNetwork
import TerminalUI

/// `duet compare`.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Train several models under one split and seed, and tell which is best.",
        discussion: """
            The paper's comparison: parameters, test accuracy with its 95 % interval, time per epoch, and whether a \
            difference from the best is more than chance (McNemar's exact test on the same test pairs, corrected for the \
            number of comparisons). Each model gets a run folder below --output; one that is finished already is not \
            trained again when the same comparison is called anew with --resume.

            Example: duet compare --data data/digits --models model-1,model-2 --epochs 3
            """)

    @Option(help: "Presets or YAML files, separated by commas.")
    var models = Presets.paper.joined(separator: ",")

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

    func run() throws {
        let configurations = try configurations()
        let data = try TrainingData(
            URL(fileURLWithPath: configurations[0].data), split: configurations[0].split,
            seed: configurations[0].seed, limit: configurations[0].limit)
        let trainers = try configurations.map { configuration in
            let folder = RunFolder(URL(fileURLWithPath: configuration.output))
            return (try Trainer(configuration, data: data, folder: folder), folder, configuration)
        }
        // Before the first training, so that an hour's work does not end at a name that is taken.
        for (_, folder, _) in trainers where !isStarted(folder) { try folder.check(overwrite: force) }
        let measured = try trainers.map { trainer, folder, configuration in
            let isStarted = isStarted(folder)
            if !isStarted { try folder.create(overwrite: force) }
            let reporter = TrainingReporter(quiet: quiet)
            reporter.announce(configuration, data)
            let result = try train(trainer, resume: isStarted, reporter)
            let test = try Evaluator(result.model).evaluate(data.dataset, rows: data.split.test, on: .test) { _, _ in
                guard Interruption.requested else { return }
                throw DuetError(.interrupted, "stopped. Go on with the same command and --resume")
            }
            try TrainingMetrics(result, test.evaluation).write(to: folder)
            return try Comparison.Measured(result.model, history: result.history, result: test)
        }
        let comparison = try Comparison(measured)
        try comparison.write(to: URL(fileURLWithPath: output))
        try writeReport(comparison, zip(configurations, measured).map { ($0.model.name, $1.history) })
        print(json ? try JSON.prettyText(comparison) : comparison.text())
    }

    /// All models' curves in one figure, and the table, as a page.
    private func writeReport(_ comparison: Comparison, _ histories: [(name: String, history: TrainingHistory)]) throws {
        let progress = ReportProgress(
            quiet: quiet, whenStopped: "stopped; everything is written but the report. Go on with --resume")
        let report = try ComparisonReport.write(
            comparison, histories, to: URL(fileURLWithPath: output), advance: progress.advance)
        progress.clear()
        report.notes.forEach(progress.warn)
        progress.say("The report is \(report.page).")
    }

    /// Trains one model; a stop is told in terms of the whole comparison.
    private func train(_ trainer: Trainer, resume: Bool, _ reporter: TrainingReporter) throws -> Trainer.Result {
        do {
            return try trainer.train(
                resume: resume, observe: reporter.report, isInterrupted: { Interruption.requested })
        } catch let error as DuetError where error.kind == .interrupted {
            throw DuetError(.interrupted, "stopped; the state is saved. Go on with the same command and --resume")
        }
    }

    private func isStarted(_ folder: RunFolder) -> Bool {
        resume && FileManager.default.fileExists(atPath: folder.configuration.path)
    }

    private func configurations() throws -> [TrainingConfiguration] {
        guard settings.model == nil else { throw DuetError(.usage, "compare takes --models, not --model") }
        guard let data = settings.data else { throw DuetError(.usage, "say which dataset to compare on: --data DIR") }
        let names = models.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        guard !names.isEmpty else { throw DuetError(.usage, "--models names no model") }
        let configurations = try names.map { name in
            var configuration = TrainingConfiguration(data: data, output: "")
            try settings.apply(to: &configuration)
            configuration.model = try ModelArgument.choice(name)
            configuration.output = "\(output)/\(configuration.model.name)"
            try configuration.validate()
            return configuration
        }
        guard Set(configurations.map(\.output)).count == names.count else {
            throw DuetError(.usage, "--models names two models alike: \(models)")
        }
        return configurations
    }
}

extension Comparison {
    /// The table, and who wins.
    func text(for terminal: Terminal = .standardOutput) -> String {
        var table = TextTable([
            .left("model"), .right("parameters"), .right("test accuracy"), .left("95 % interval"),
            .right("image alone"), .right("audio alone"), .right("per epoch"), .right("p against best"),
        ])
        for entry in entries {
            let test = entry.evaluation
            table.addRow([
                entry.model == best ? Style(for: terminal).bold(entry.model.printable) : entry.model.printable,
                Format.count(entry.parameters), Format.decimal(test.accuracy),
                Format.interval(
                    test.accuracyInterval.low, test.accuracyInterval.high, unicode: terminal.allowsUnicode),
                Format.decimal(test.imageOnlyAccuracy), Format.decimal(test.audioOnlyAccuracy),
                Format.duration(entry.secondsPerEpoch),
                entry.againstBest.map { $0.pValue < 1e-4 ? "< 0.0001" : Format.decimal($0.pValue) } ?? "",
            ])
        }
        return table.render(for: terminal) + "\n\n" + verdict
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
