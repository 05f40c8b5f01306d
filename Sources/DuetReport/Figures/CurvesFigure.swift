import Duet
import Foundation

/// The paper's Figure 1: accuracy and loss of training and validation, epoch by epoch.
enum CurvesFigure {
    /// What is drawn.
    enum Measure: String, CaseIterable {
        /// The share of examples classified correctly.
        case accuracy
        /// The mean cross-entropy.
        case loss

        /// No accuracy is above 1 and no loss below 0, though the axis might have room for it.
        var range: String { self == .accuracy ? "*:*<1" : "0<*:*" }

        func values(_ epoch: TrainingHistory.Epoch) -> (training: Double, validation: Double) {
            switch self {
            case .accuracy: (epoch.accuracy, epoch.validationAccuracy)
            case .loss: (epoch.loss, epoch.validationLoss)
            }
        }
    }

    /// One model's curves.
    static func figure(_ measure: Measure, _ history: TrainingHistory) -> Figure {
        let history = history.withoutFolds
        var table = DataTable(["step", "phase", "epoch", "training", "validation"])
        for (index, epoch) in history.epochs.enumerated() {
            let (training, validation) = measure.values(epoch)
            table.add(index + 1, epoch.phase.rawValue, epoch.epoch, training, validation)
        }
        let phases = phaseStarts(history)
        var caption =
            "The training's line is the mean over the epoch, with dropout; the validation's is measured after the epoch."
        if phases.count > 1 {
            caption +=
                " The training has phases, one after another: "
                + phases.map { "\($0.phase.rawValue) from \($0.step)" }.joined(separator: ", ")
                + ". Phases that train one branch alone are measured on that branch's own output."
        }
        return Figure(
            name: measure.rawValue, title: "\(measure.rawValue.capitalized) per epoch", caption: caption,
            alternative: alternative(measure, history), size: (480, 360), table: table,
            plot: """
                set xlabel "epoch"
                set xtics \(tickStep(history.epochs.count))
                set xrange [0.75:\(max(history.epochs.count, 1)).25]
                set offsets 0, 0, graph 0.05, graph 0.05
                set yrange [\(measure.range)]
                set grid ytics lt 1 lw 0.5 lc rgb faint
                \(phaseRules(phases, of: history.epochs.count))
                plot "\(measure.rawValue).csv" skip 1 using 1:4 with linespoints lw 2 lc rgb second pt 4 dt 2 title "training", \\
                    "" skip 1 using 1:5 with linespoints lw 2 lc rgb first pt 7 title "validation"
                """)
    }

    /// Several models' curves in one figure.
    static func figure(_ measure: Measure, of models: [(name: String, history: TrainingHistory)]) -> Figure {
        let models = models.map { (name: $0.name, history: $0.history.withoutFolds) }
        var table = DataTable(["model", "step", "phase", "epoch", "training", "validation", "model_index"])
        for (model, one) in models.enumerated() {
            for (index, epoch) in one.history.epochs.enumerated() {
                let (training, validation) = measure.values(epoch)
                table.add(one.name, index + 1, epoch.phase.rawValue, epoch.epoch, training, validation, model)
            }
        }
        let most = models.map(\.history.epochs.count).max() ?? 1
        let lines = models.indices.map { model in
            let data = { (column: Int) in
                "\"\(measure.rawValue).csv\" skip 1 using (column(7) == \(model) ? column(2) : NaN):\(column)"
            }
            let style = "with linespoints lc classColor(\(model)) pt classMarker(\(model))"
            return "\(data(5)) \(style) dt 2 lw 1 notitle, \\\n    \(data(6)) \(style) lw 2 title "
                + FigureScript.quoted(models[model].name.shortened(to: 20))
        }
        let last = models.compactMap { one in
            one.history.epochs.last.map { "\(one.name) ends at \(measure.values($0).validation.short)" }
        }
        return Figure(
            name: measure.rawValue, title: "\(measure.rawValue.capitalized) per epoch, all models",
            caption:
                "Solid lines: validation, measured after the epoch. Broken lines: training, the mean over the epoch, "
                + "with dropout.",
            alternative: "\(measure.rawValue.capitalized) on the validation examples: \(last.joined(separator: ", ")).",
            size: (640, 420), table: table,
            plot: """
                set xlabel "epoch"
                set xtics \(tickStep(most))
                set xrange [0.75:\(max(most, 1)).25]
                set offsets 0, 0, graph 0.05, graph 0.05
                set yrange [\(measure.range)]
                set grid ytics lt 1 lw 0.5 lc rgb faint
                plot \(lines.joined(separator: ", \\\n    "))
                """)
    }

    private static func tickStep(_ epochs: Int) -> Int { max(1, epochs / 10) }

    private static func phaseStarts(_ history: TrainingHistory) -> [(phase: TrainingPhase, step: Int)] {
        var starts: [(phase: TrainingPhase, step: Int)] = []
        for (index, epoch) in history.epochs.enumerated() where starts.last?.phase != epoch.phase {
            starts.append((epoch.phase, index + 1))
        }
        return starts
    }

    /// A rule and a name where a phase begins; nothing where there is only one. The name of one that begins near the end is on the rule's
    /// other side, where it has room.
    private static func phaseRules(_ phases: [(phase: TrainingPhase, step: Int)], of epochs: Int) -> String {
        guard phases.count > 1 else { return "" }
        return phases.map { phase, step in
            let place = step * 20 > epochs * 17 ? "\(step).0-0.6, graph 0.9 right" : "\(step).0-0.4, graph 0.97"
            return """
                set arrow from first \(step).0-0.5, graph 0 to first \(step).0-0.5, graph 1 nohead lc rgb faint
                set label "\(phase.rawValue)" at first \(place) tc rgb ink font ",11"
                """
        }.joined(separator: "\n")
    }

    private static func alternative(_ measure: Measure, _ history: TrainingHistory) -> String {
        guard let first = history.epochs.first, let last = history.epochs.last else {
            return "There are no epochs to show."
        }
        let (from, to) = (measure.values(first), measure.values(last))
        return
            "\(measure.rawValue.capitalized) over \(history.epochs.count) epochs: training from \(from.training.short) to "
            + "\(to.training.short), validation from \(from.validation.short) to \(to.validation.short)."
    }
}

extension Int {
    /// The number with a comma before every third digit from the right.
    package var grouped: String {
        let digits = Array(String(self))
        return digits.enumerated().map { index, digit in
            (index > 0 && (digits.count - index).isMultiple(of: 3) ? "," : "") + String(digit)
        }.joined()
    }
}

extension Double {
    /// Four digits after the point, as everywhere in Duet's tables.
    package var short: String { decimals(4) }

    /// So many digits after the point.
    package func decimals(_ count: Int) -> String { String(format: "%.\(count)f", self) }

    /// A share as per cent, one digit after the point.
    package var percent: String { (self * 100).decimals(1) + " %" }
}
