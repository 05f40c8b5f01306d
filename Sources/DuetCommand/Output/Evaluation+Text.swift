import Duet
import DuetReport
import TerminalUI

extension Evaluation {
    /// The measures as a few lines: accuracy, each modality alone, loss and calibration.
    func headline(for terminal: Terminal = .standardOutput) -> String {
        var table = TextTable([.left("on the \(on.rawValue) pairs"), .right("accuracy"), .left("95 % interval")])
        func row(_ what: String, _ accuracy: Double, _ interval: WilsonInterval) {
            table.addRow([
                what, Format.decimal(accuracy),
                Format.interval(interval.low, interval.high, unicode: terminal.allowsUnicode),
            ])
        }
        row("image and audio", accuracy, accuracyInterval)
        row("image alone", imageOnlyAccuracy, imageOnlyInterval)
        row("audio alone", audioOnlyAccuracy, audioOnlyInterval)
        return table.render(for: terminal)
            + "\n\nloss \(Format.decimal(loss)), calibration error \(Format.decimal(calibrationError)), "
            + "\(Format.count(count)) pairs"
    }

    /// Precision, recall and F1 of each class.
    func classTable(for terminal: Terminal = .standardOutput) -> String {
        var table = TextTable([.left("class"), .right("precision"), .right("recall"), .right("F1"), .right("pairs")])
        func row(_ name: String, _ metrics: ConfusionMatrix.ClassMetrics) {
            table.addRow([
                name.printable, Format.decimal(metrics.precision), Format.decimal(metrics.recall),
                Format.decimal(metrics.f1), Format.count(metrics.support),
            ])
        }
        for (name, metrics) in zip(classNames, perClass) { row(name, metrics) }
        row("mean", macroAverage)
        return table.render(for: terminal)
    }

    /// How many of each class's pairs were found, as bars.
    func recallBars(for terminal: Terminal = .standardOutput) -> String {
        let bars = zip(classNames, perClass).map { BarChart.Bar(label: $0, fraction: $1.recall) }
        return Style(for: terminal).bold("found of each class (recall)") + "\n" + BarChart(bars).render(for: terminal)
    }

    /// The confusion matrix, rows the true classes.
    func confusionTable(for terminal: Terminal = .standardOutput) -> String {
        var table = TextTable([.left("true \\ said")] + classNames.map { .right($0.printable) })
        for (name, counts) in zip(classNames, confusion.counts) {
            table.addRow([name.printable] + counts.map { $0 == 0 ? "." : Format.count($0) })
        }
        return table.render(for: terminal)
    }
}

extension TrainingMetrics {
    /// What a training ends with: the test's measures, and what to do next.
    func text(seconds: Double, _ configuration: TrainingConfiguration, _ folder: RunFolder, _ report: RunReport?)
        -> String
    {
        let path = folder.url.relativePath
        let kept = bestEpoch.map {
            "Kept epoch \($0.epoch): validation accuracy \(Format.decimal($0.validationAccuracy)). "
        }
        let look = report.map { "\nLook at the report: \($0.page)" } ?? ""
        return """

            \(test.headline())

            \(kept ?? "")Took \(Format.duration(seconds)); everything is in \(path).\(look)

            Next:
              duet evaluate --model \(path)/model.safetensors --data \(configuration.data)
              duet predict --model \(path)/model.safetensors --data \(configuration.data) --output predictions.csv
            """
    }
}
