import Datasets
import Duet

/// How the accuracy falls as one modality gets noisier and the others stay clean.
enum NoiseFigure {
    static func figure(_ robustness: Robustness, _ evaluation: Evaluation) -> Figure {
        let name = "noise-\(robustness.modality.name)"
        let ablations = evaluation.accuracies.entries.map(\.ablation)
        var table = DataTable(
            ["place", "level"] + ablations.flatMap { [$0.key, "\($0.key)_low", "\($0.key)_high"] })
        for (place, level) in robustness.levels.enumerated() {
            let measures = level.accuracies.entries.flatMap { entry -> [any CustomStringConvertible] in
                [entry.value.accuracy, entry.value.interval.low, entry.value.interval.high]
            }
            table.add(row: [place, level.level?.description ?? "clean"] + measures)
        }
        let ticks = robustness.levels.enumerated().map { place, level in
            "\"\(level.level.map(robustness.modality.kind.tick) ?? "clean")\" \(place)"
        }
        // Whiskers first: markers lie over them.
        let curves = ablations.enumerated().map { place, ablation in
            let (column, color) = (3 + 3 * place, FigureScript.ablationColor(place))
            return """
                "\(name).csv" skip 1 using 1:\(column):\(column + 1):\(column + 2) with yerrorbars lw 1 pt -1 lc \(color) notitle, \\
                    "" skip 1 using 1:\(column) with linespoints lw 2 lc \(color) pt \(FigureScript.ablationMarker(place)) \
                title "\(evaluation.title(ablation))"
                """
        }
        return Figure(
            name: name, title: "Noise on \(robustness.modality)",
            caption: "Accuracy as \(robustness.modality) gets noisier and everything else stays clean. Noise: "
                + "\(robustness.unit.rawValue). Whiskers: 95 % confidence intervals (Wilson).",
            alternative: alternative(robustness, evaluation), size: (480, 360), table: table,
            plot: """
                set yrange [0:1]
                set xrange [-0.3:\(robustness.levels.count - 1).3]
                set xtics (\(ticks.joined(separator: ", ")))
                set xlabel "\(robustness.modality.kind.axis)"
                set ylabel "accuracy"
                set bmargin 7
                set grid ytics lt 1 lw 0.5 lc rgb faint
                plot \(curves.joined(separator: ", \\\n    "))
                """)
    }

    private static func alternative(_ robustness: Robustness, _ evaluation: Evaluation) -> String {
        guard let clean = robustness.levels.first, let worst = robustness.levels.last else { return "" }
        return zip(clean.accuracies.entries, worst.accuracies.entries).map { clean, worst in
            "\(evaluation.title(clean.ablation)): \(clean.value.accuracy.short) clean, \(worst.value.accuracy.short) at the strongest noise."
        }.joined(separator: " ")
    }
}

extension Modality.Kind {
    fileprivate var axis: String { self == .image ? "standard deviation, pixels 0 to 1" : "signal to noise" }

    fileprivate func tick(_ level: Double) -> String {
        let number = level == level.rounded() ? "\(Int(level))" : "\(level)"
        return self == .image ? number : "\(number) dB"
    }
}
