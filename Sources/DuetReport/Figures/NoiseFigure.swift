import Duet

/// How the accuracy falls as one modality gets noisier and the other stays clean.
enum NoiseFigure {
    static func figure(_ robustness: Robustness) -> Figure {
        let name = "noise-\(robustness.modality.rawValue)"
        var table = DataTable([
            "place", "level", "fused", "fused_low", "fused_high", "image", "image_low", "image_high", "audio",
            "audio_low", "audio_high",
        ])
        for (place, level) in robustness.levels.enumerated() {
            table.add(
                place, level.level?.description ?? "clean", level.accuracy, level.accuracyInterval.low,
                level.accuracyInterval.high, level.imageOnlyAccuracy, level.imageOnlyInterval.low,
                level.imageOnlyInterval.high, level.audioOnlyAccuracy, level.audioOnlyInterval.low,
                level.audioOnlyInterval.high)
        }
        let ticks = robustness.levels.enumerated().map { place, level in
            "\"\(level.level.map(robustness.modality.tick) ?? "clean")\" \(place)"
        }
        // Whiskers first: markers lie over them.
        func curve(_ column: Int, _ color: String, _ marker: Int, _ title: String) -> String {
            """
            "\(name).csv" skip 1 using 1:\(column):\(column + 1):\(column + 2) with yerrorbars lw 1 pt -1 lc rgb \(color) notitle, \\
                "" skip 1 using 1:\(column) with linespoints lw 2 lc rgb \(color) pt \(marker) title "\(title)"
            """
        }
        let curves = [
            curve(3, "first", 7, "both"), curve(6, "second", 5, "image alone"), curve(9, "third", 9, "audio alone"),
        ]
        return Figure(
            name: name, title: "Noise on the \(robustness.modality.rawValue)",
            caption: "Accuracy as the \(robustness.modality.rawValue) gets noisier and the other stays clean. Noise: "
                + "\(robustness.unit.rawValue). Whiskers: 95 % intervals (Wilson).",
            alternative: alternative(robustness), size: (480, 360), table: table,
            plot: """
                set yrange [0:1]
                set xrange [-0.3:\(robustness.levels.count - 1).3]
                set xtics (\(ticks.joined(separator: ", ")))
                set xlabel "\(robustness.modality.axis)"
                set ylabel "accuracy"
                set bmargin 7
                set grid ytics lt 1 lw 0.5 lc rgb faint
                plot \(curves.joined(separator: ", \\\n    "))
                """)
    }

    private static func alternative(_ robustness: Robustness) -> String {
        guard let clean = robustness.levels.first, let worst = robustness.levels.last else { return "" }
        return "Both: \(clean.accuracy.short) clean, \(worst.accuracy.short) at the strongest noise. Image alone: "
            + "\(clean.imageOnlyAccuracy.short) and \(worst.imageOnlyAccuracy.short). Audio alone: "
            + "\(clean.audioOnlyAccuracy.short) and \(worst.audioOnlyAccuracy.short)."
    }
}

extension Modality {
    fileprivate var axis: String { self == .image ? "standard deviation, pixels 0 to 1" : "signal to noise" }

    fileprivate func tick(_ level: Double) -> String {
        let number = level == level.rounded() ? "\(Int(level))" : "\(level)"
        return self == .image ? number : "\(number) dB"
    }
}
