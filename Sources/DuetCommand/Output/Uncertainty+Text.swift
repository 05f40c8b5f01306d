import Duet
import TerminalUI

extension Evaluation {
    /// The coverage of the prediction sets, and the accuracy with abstention; nothing for a model without a calibration.
    func uncertaintyTables(for terminal: Terminal = .standardOutput) -> [String] {
        guard let uncertainty else { return [] }
        var sets = TextTable([
            .left("prediction sets for"), .right("target"), .right("coverage"), .left("95 % interval"),
            .right("classes per set"), .right("empty"),
        ])
        var abstention = TextTable([
            .left("abstaining"), .right("target"), .right("no answer"), .right("mistakes left"), .right("accuracy"),
        ])
        for (ablation, measures) in uncertainty.entries {
            for set in measures.predictionSets {
                let interval = set.coverage.interval
                sets.addRow([
                    title(ablation), Format.decimal(set.target, decimals: 2), Format.decimal(set.coverage.accuracy),
                    Format.interval(interval.low, interval.high, unicode: terminal.allowsUnicode),
                    Format.decimal(set.meanSize, decimals: 2), Format.decimal(set.empty),
                ])
            }
            for entry in measures.abstention {
                abstention.addRow([
                    title(ablation), Format.decimal(entry.target, decimals: 2), Format.decimal(entry.share),
                    Format.count(entry.mistakes), entry.accuracy.map { Format.decimal($0.accuracy) } ?? "",
                ])
            }
        }
        let errors = uncertainty.entries.map { "\(title($0.ablation)) \(Format.decimal($0.value.calibrationError))" }
        return [
            sets.render(for: terminal), abstention.render(for: terminal),
            "calibration error: " + errors.joined(separator: ", "),
        ]
    }

    /// How well other examples are told apart; nothing where nobody asked for it.
    func outOfDistributionTables(for terminal: Terminal = .standardOutput) -> [String] {
        guard let found = outOfDistribution else { return [] }
        var table = TextTable([
            .left("out of distribution"), .right("AUROC"), .right("false positives at 95 %"), .right("marked at 0.01"),
            .right("falsely marked"),
        ])
        for (ablation, metrics) in found.scores.entries {
            table.addRow([
                title(ablation), Format.decimal(metrics.auroc), Format.decimal(metrics.falsePositiveRate95),
                Format.decimal(found.marked[ablation] ?? 0), Format.decimal(found.falselyMarked[ablation] ?? 0),
            ])
        }
        return [
            table.render(for: terminal),
            "\(Format.count(count)) examples against \(Format.count(found.count)) of \(found.data.printable)",
        ]
    }
}
