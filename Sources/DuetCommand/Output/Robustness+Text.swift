import Duet
import TerminalUI

extension Robustness {
    /// A row per level, the clean pairs first: both modalities, then each alone.
    func table(for terminal: Terminal = .standardOutput) -> String {
        let noisy = modality.rawValue
        var table = TextTable([
            .right("\(noisy) noise"), .right("image and audio"), .left("95 % interval"), .right("\(noisy) alone"),
            .left("95 % interval"), .right("\(modality.other.rawValue) alone, clean"), .left("95 % interval"),
        ])
        for level in levels {
            let imageOnly = (level.imageOnlyAccuracy, level.imageOnlyInterval)
            let audioOnly = (level.audioOnlyAccuracy, level.audioOnlyInterval)
            let (noisyOnly, cleanOnly) = modality == .image ? (imageOnly, audioOnly) : (audioOnly, imageOnly)
            let measures = [(level.accuracy, level.accuracyInterval), noisyOnly, cleanOnly]
            table.addRow(
                [level.level.map(name) ?? "none"]
                    + measures.flatMap { accuracy, interval in
                        [
                            Format.decimal(accuracy),
                            Format.interval(interval.low, interval.high, unicode: terminal.allowsUnicode),
                        ]
                    })
        }
        return table.render(for: terminal)
            + "\n\nNoise: \(unit.rawValue)."
    }

    private func name(_ level: Double) -> String {
        let number = level == level.rounded() ? String(Int(level)) : String(level)
        return modality == .image ? number : "\(number) dB"
    }
}
