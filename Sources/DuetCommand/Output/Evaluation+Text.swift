import Duet
import DuetReport
import FoundationEssentials
import TerminalUI

extension Evaluation {
    /// The measures as a few lines: accuracy, each modality alone, loss and calibration.
    func headline(for terminal: Terminal = .standardOutput) -> String {
        var table = TextTable([.left("on the \(on.rawValue) examples"), .right("accuracy"), .left("95 % interval")])
        for (ablation, accuracy) in accuracies.entries {
            table.addRow([
                title(ablation), Format.decimal(accuracy.accuracy),
                Format.interval(accuracy.interval.low, accuracy.interval.high, unicode: terminal.allowsUnicode),
            ])
        }
        return table.render(for: terminal)
            + "\n\nloss \(Format.decimal(loss)), calibration error \(Format.decimal(calibrationError)), "
            + "\(Format.count(count)) examples"
    }

    /// Precision, recall and F1 of each class.
    func classTable(for terminal: Terminal = .standardOutput) -> String {
        var table = TextTable([.left("class"), .right("precision"), .right("recall"), .right("F1"), .right("examples")])
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

    /// The recall per class, as bars.
    func recallBars(for terminal: Terminal = .standardOutput) -> String {
        let bars = zip(classNames, perClass).map { BarChart.Bar(label: $0, fraction: $1.recall) }
        return Style(for: terminal).bold("recall per class") + "\n" + BarChart(bars).render(for: terminal)
    }

    /// The confusion matrix, rows the true classes.
    func confusionTable(for terminal: Terminal = .standardOutput) -> String {
        var table = TextTable([.left("true \\ predicted")] + classNames.map { .right($0.printable) })
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
        let kept = keptEpochs.map { epoch in
            let phase = keptEpochs.count > 1 ? " of \(epoch.phase.rawValue)" : ""
            return "epoch \(epoch.epoch)\(phase) (validation accuracy \(Format.decimal(epoch.validationAccuracy)))"
        }.joined(separator: ", ")
        let look = report.map { "\nLook at the report: \($0.page)" } ?? ""
        return """

            \(test.headline())

            \(kept.isEmpty ? "" : "Kept \(kept). ")Took \(Format.duration(seconds)); everything is in \(path).\(look)

            Next:
              duet evaluate --model \(path)/model.safetensors --data \(configuration.data)
              duet predict --model \(path)/model.safetensors --data \(configuration.data) --output predictions.csv
            """
    }
}
