import Duet
import Foundation
import TerminalUI

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
                    Self.text(of: entry.againstBest?.pValue),
                ])
        }
        return ([table.render(for: terminal), verdict] + fusions.map(\.sentence)).joined(separator: "\n\n")
    }

    private var verdict: String {
        Self.verdict(
            on: "test accuracy", best, entries.map { ($0.model, $0.againstBest?.pValue) }, significance,
            by: "McNemar's exact test")
    }

    /// Who wins, and whether that may be chance.
    fileprivate static func verdict(
        on measure: String, _ best: String, _ entries: [(model: String, pValue: Double?)], _ significance: Double,
        by test: String
    ) -> String {
        let clear = entries.filter { ($0.pValue ?? 1) < significance }.map(\.model)
        let unclear = entries.filter { $0.pValue != nil && !clear.contains($0.model) }.map(\.model)
        var sentences = ["\(best) has the highest \(measure)."]
        if !clear.isEmpty {
            sentences.append("Its lead on \(clear.joined(separator: ", ")) is more than chance.")
        }
        if !unclear.isEmpty {
            sentences.append("Its lead on \(unclear.joined(separator: ", ")) may be chance.")
        }
        if entries.count > 1 {
            sentences.append("(\(test), p below \(Format.decimal(significance)) counts.)")
        }
        return sentences.joined(separator: " ")
    }

    fileprivate static func text(of pValue: Double?) -> String {
        pValue.map { $0 < 1e-4 ? "< 0.0001" : Format.decimal($0) } ?? ""
    }
}

extension SeedComparison {
    /// The table, and who wins.
    func text(for terminal: Terminal = .standardOutput) -> String {
        func range(_ low: Double, _ high: Double) -> String {
            Format.interval(low, high, unicode: terminal.allowsUnicode)
        }
        var table = TextTable(
            [.left("model"), .right("test accuracy"), .left("range over seeds"), .left("95 % interval")]
                + modalities.map { .right("\($0) alone") } + [.right("p against best")])
        for entry in entries {
            let all = entry.accuracies.all
            table.addRow(
                [
                    entry.model == best ? Style(for: terminal).bold(entry.model.printable) : entry.model.printable,
                    Format.decimal(all.mean), range(all.seeds.min() ?? 0, all.seeds.max() ?? 0),
                    range(all.low, all.high),
                ] + modalities.map { entry.accuracies[$0].map { Format.decimal($0.mean) } ?? "" } + [
                    Comparison.text(of: entry.againstBest?.pValue)
                ])
        }
        let verdict = Comparison.verdict(
            on: "mean test accuracy", best, entries.map { ($0.model, $0.againstBest?.pValue) }, significance,
            by: "sign-flip test over groups of examples")
        let means =
            "Means over the seeds \(seeds.map(String.init).joined(separator: ", ")). The interval is a bootstrap over the "
            + "\(Format.count(entries.first?.accuracies.all.groups ?? 0)) groups of test examples, such as recordings."
        return ([table.render(for: terminal), means, verdict] + entries.compactMap(\.sentence))
            .joined(separator: "\n\n")
    }
}
