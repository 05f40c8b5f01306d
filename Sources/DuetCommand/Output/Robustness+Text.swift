import Datasets
import Duet
import TerminalUI

extension Robustness {
    /// A row per level, the clean examples first: all modalities, then each alone.
    func table(of evaluation: Evaluation, for terminal: Terminal = .standardOutput) -> String {
        let ablations = evaluation.accuracies.entries.map(\.ablation)
        var table = TextTable(
            [.right("noise on \(modality)")]
                + ablations.flatMap { [.right(evaluation.title($0)), .left("95 % interval")] })
        for level in levels {
            table.addRow(
                [level.level.map(name) ?? "none"]
                    + level.accuracies.entries.flatMap { entry in
                        let interval = entry.value.interval
                        return [
                            Format.decimal(entry.value.accuracy),
                            Format.interval(interval.low, interval.high, unicode: terminal.allowsUnicode),
                        ]
                    })
        }
        return table.render(for: terminal)
            + "\n\nNoise: \(unit.rawValue)."
    }

    private func name(_ level: Double) -> String {
        let number = level == level.rounded() ? String(Int(level)) : String(level)
        return modality.kind == .image ? number : "\(number) dB"
    }
}
