import Duet
import Foundation
import MediaFeatures
import TerminalUI

extension JudgementReport {
    /// The first pair for people to read: label, bars, each modality alone, what was done to the files.
    func firstAsText(for terminal: Terminal = .standardOutput) -> String {
        let (files, judgement) = pairs[0]
        let style = Style(for: terminal)
        let decision = judgement.decision
        var parts = [
            "\(style.bold(decision.label.printable)), with probability "
                + style.bold(Format.decimal(Double(decision.probability))),
            bars(of: decision, for: terminal),
        ]
        switch (judgement.imageAlone, judgement.audioAlone) {
        case (let image?, let audio?):
            parts.append(alone(image, audio, for: terminal))
            if judgement.disagree { parts.append(style.yellow("They disagree.")) }
        case (_, nil): parts.append("No audio was given. It counts as absent.")
        case (nil, _): parts.append("No image was given. It counts as absent.")
        }
        parts.append(preparations(of: files, judgement, for: terminal))
        return parts.joined(separator: "\n\n")
    }

    /// All pairs as a table, and how often image and audio disagree.
    func table(for terminal: Terminal = .standardOutput) -> String {
        let style = Style(for: terminal)
        var table = TextTable([
            .left("image"), .left("audio"), .left("label"), .right("probability"), .left("image alone"),
            .left("audio alone"), .left("disagree"),
        ])
        for (files, judgement) in pairs {
            table.addRow([
                files.image?.relativePath.printable ?? "", files.audio?.relativePath.printable ?? "",
                style.bold(judgement.decision.label.printable),
                Format.decimal(Double(judgement.decision.probability)), judgement.imageAlone?.label.printable ?? "",
                judgement.audioAlone?.label.printable ?? "", judgement.disagree ? style.yellow("yes") : "",
            ])
        }
        let whole = pairs.filter { $0.files.image != nil && $0.files.audio != nil }
        let disagreeing = Format.count(whole.count { $0.judgement.disagree })
        return table.render(for: terminal)
            + "\n\nImage and audio disagree in \(disagreeing) of the \(Format.count(whole.count)) pairs that have both."
    }

    private static let mostBars = 15
    private static let longestLabel = 40

    /// The likeliest classes, the likeliest first, and all others in one bar.
    private func bars(of prediction: Classifier.Prediction, for terminal: Terminal) -> String {
        let order = prediction.probabilities.indices.sorted {
            (-prediction.probabilities[$0], $0) < (-prediction.probabilities[$1], $1)
        }
        // One other class has room for its own name.
        let shown = order.prefix(order.count > Self.mostBars + 1 ? Self.mostBars : order.count)
        var bars = shown.map { place in
            BarChart.Bar(
                label: classNames[place].printable.truncated(
                    to: Self.longestLabel, ellipsis: terminal.allowsUnicode ? "…" : "..."),
                fraction: Double(prediction.probabilities[place]))
        }
        let rest = order.dropFirst(shown.count)
        if !rest.isEmpty {
            let sum = rest.reduce(0) { $0 + Double(prediction.probabilities[$1]) }
            bars.append(.init(label: "\(Format.count(rest.count)) others", fraction: sum))
        }
        return BarChart(bars).render(for: terminal)
    }

    private func alone(
        _ image: Classifier.Prediction, _ audio: Classifier.Prediction, for terminal: Terminal
    ) -> String {
        var table = TextTable([.left("each alone"), .left("label"), .right("probability")])
        for (name, prediction) in [("image", image), ("audio", audio)] {
            table.addRow([name, prediction.label.printable, Format.decimal(Double(prediction.probability))])
        }
        return table.render(for: terminal)
    }

    private func preparations(of files: MediaPair, _ judgement: Judgement, for terminal: Terminal) -> String {
        var lines: [String] = []
        if let image = files.image, let picture = judgement.picture {
            lines.append("\(image.relativePath.printable): \(picture.text(for: terminal))")
        }
        if let audio = files.audio, let clip = judgement.clip {
            lines.append("\(audio.relativePath.printable): \(clip.text)")
        }
        return lines.joined(separator: "\n")
    }
}

extension Judgement.Picture {
    /// What was done to the picture, in words.
    fileprivate func text(for terminal: Terminal) -> String {
        let cross = terminal.allowsUnicode ? "×" : "x"
        let isModelSize = width == modelWidth && height == modelHeight
        let size = "\(width) \(cross) \(height)"
        let resized = isModelSize ? "taken as it is" : "resized to \(modelWidth) \(cross) \(modelHeight)"
        guard let digit else { return "\(size), \(resized)" }
        guard digit.centered else {
            return isModelSize ? "\(size), light on dark: \(resized)" : "\(size), nothing drawn on it: \(resized)"
        }
        let ground = digit.inverted ? "dark on light: inverted, " : "light on dark: "
        return "\(size), \(ground)cut out and centred as MNIST's digits"
    }
}

extension ClipPreparation {
    /// What was done to the recording, in words.
    fileprivate var text: String {
        var text = "\(Format.decimal(seconds, decimals: 2)) s at \(sampleRate) Hz"
        if sampleRate != modelSampleRate { text += ", resampled to \(modelSampleRate) Hz" }
        let length = "\(Format.decimal(modelSeconds, decimals: 2)) s"
        switch fit {
        case .cut: text += ", cut to the loudest \(length)"
        case .padded: text += ", padded to \(length)"
        case .whole: break
        }
        return text
    }
}
