import Datasets
import Duet
import Foundation
import Media
import TerminalUI

extension PredictionReport {
    /// The first example for people to read: label, bars, each modality alone, what was done to the files.
    /// - Parameters:
    ///   - modalities: what the model takes.
    ///   - terminal: where it is printed.
    /// - Returns: the text, without a line break at its end.
    func firstAsText(modalities: [Modality], for terminal: Terminal = .standardOutput) -> String {
        let example = examples[0]
        let style = Style(for: terminal)
        let predictions = example.prediction.predictions
        var parts = [
            "\(style.bold(predictions.all.label.printable)), probability "
                + style.bold(Format.decimal(Double(predictions.all.probability))),
            bars(of: predictions.all, for: terminal),
        ]
        let hasVoice = !example.prediction.preparations.values.allSatisfy(\.isWithoutVoice)
        parts += uncertainty(in: predictions.all, hasVoice: hasVoice, style)
        if predictions.alone.count > 1 {
            parts.append(alone(predictions, for: terminal))
            if example.prediction.disagree { parts.append(style.yellow("The modalities disagree.")) }
        }
        let absent = modalities.map(\.name).filter { example.files[$0] == nil }
        if !absent.isEmpty { parts.append("Absent: \(absent.joined(separator: ", ")).") }
        parts.append(preparations(of: example, for: terminal))
        return parts.joined(separator: "\n\n")
    }

    /// All examples as a table, and how often the modalities disagree.
    func table(modalities: [Modality], for terminal: Terminal = .standardOutput) -> String {
        let style = Style(for: terminal)
        let names = modalities.map(\.name)
        let hasSets = examples.contains { $0.prediction.predictions.all.predictionSet != nil }
        let hasAbstention = examples.contains { $0.prediction.predictions.all.abstains != nil }
        let marksOthers = examples.contains { $0.prediction.predictions.all.isOutOfDistribution != nil }
        var table = TextTable(
            names.map { .left($0) } + [.left("label"), .right("probability")] + names.map { .left("\($0) alone") }
                + [.left("disagree")] + (hasSets ? [.left("prediction set")] : [])
                + (hasAbstention ? [.left("abstains")] : [])
                + (marksOthers ? [.left("out of distribution")] : []))
        for example in examples {
            let predictions = example.prediction.predictions
            table.addRow(
                names.map { example.files[$0]?.printable ?? "" } + [
                    style.bold(predictions.all.label.printable), Format.decimal(Double(predictions.all.probability)),
                ] + names.map { predictions[$0]?.label.printable ?? "" } + [
                    example.prediction.disagree ? style.yellow("yes") : ""
                ] + (hasSets ? [predictions.all.predictionSet?.map(\.printable).joined(separator: ", ") ?? ""] : [])
                    + (hasAbstention ? [predictions.all.abstains == true ? style.yellow("yes") : ""] : [])
                    + (marksOthers ? [predictions.all.isOutOfDistribution == true ? style.yellow("yes") : ""] : []))
        }
        let several = examples.filter { $0.files.count > 1 }
        guard !several.isEmpty else { return table.render(for: terminal) }
        let disagreeing = Format.count(several.count { $0.prediction.disagree })
        return table.render(for: terminal)
            + "\n\nThe modalities disagree in \(disagreeing) of the \(Format.count(several.count)) examples that have several."
    }

    /// The prediction set, and whether the model abstains, where they were asked for.
    private func uncertainty(in prediction: Prediction, hasVoice: Bool, _ style: Style) -> [String] {
        var parts: [String] = []
        if let labels = prediction.predictionSet {
            parts.append(
                "Prediction set: "
                    + (labels.isEmpty
                        ? "empty, the example is too uncertain for this coverage"
                        : labels.map(\.printable).joined(separator: ", ")))
        }
        if let abstains = prediction.abstains {
            let reason = hasVoice ? "it is too uncertain" : "no voice was found in the recording"
            parts.append(
                abstains ? style.yellow("The model abstains: \(reason).") : "The model does not abstain.")
        }
        if let isOutOfDistribution = prediction.isOutOfDistribution {
            parts.append(
                isOutOfDistribution
                    ? style.yellow("Out of distribution: it does not look like what the model was trained on.")
                    : "It looks like what the model was trained on.")
        }
        return parts
    }

    private static let mostBars = 15
    private static let longestLabel = 40

    /// The likeliest classes, the likeliest first, and all others in one bar.
    private func bars(of prediction: Prediction, for terminal: Terminal) -> String {
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

    private func alone(_ predictions: Ablations<Prediction>, for terminal: Terminal) -> String {
        var table = TextTable([.left("alone"), .left("label"), .right("probability")])
        for (modality, prediction) in predictions.alone {
            table.addRow([modality, prediction.label.printable, Format.decimal(Double(prediction.probability))])
        }
        return table.render(for: terminal)
    }

    private func preparations(of example: Example, for terminal: Terminal) -> String {
        example.prediction.preparations.sorted { $0.key < $1.key }.compactMap { modality, preparation in
            guard let file = example.files[modality] else { return nil }
            let text =
                switch preparation {
                case .image(let image): image.text(for: terminal)
                case .audio(let clip): clip.text
                }
            return "\(file.printable): \(text)"
        }.joined(separator: "\n")
    }
}

extension MediaPreparation.ImagePreparation {
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
        if let voice {
            text +=
                ", voice from \(Format.decimal(voice[0], decimals: 2)) to \(Format.decimal(voice[1], decimals: 2)) s"
        } else if isTrimmed {
            text += ", no voice found"
        }
        let length = "\(Format.decimal(modelSeconds, decimals: 2)) s"
        switch fit {
        case .cut: text += ", cut to the loudest \(length)"
        case .padded: text += ", padded to \(length)"
        case .whole: break
        }
        return text
    }
}
