import Duet

/// The reliability diagram: whether confidence can be taken at its word.
enum ReliabilityFigure {
    static func figure(_ bins: [Calibration.Bin], error: Double) -> Figure {
        var table = DataTable(["low", "high", "count", "confidence", "accuracy"])
        for bin in bins { table.add(bin.low, bin.high, bin.count, bin.confidence, bin.accuracy) }
        let total = bins.reduce(0) { $0 + $1.count }
        let sure = bins.last.map { Double($0.count) / Double(max(total, 1)) } ?? 0
        return Figure(
            name: "reliability", title: "Reliability: calibration error \(error.short)",
            caption:
                "Predictions sorted into \(bins.count) bins by the probability of the predicted class. On the broken line, "
                + "confidence and accuracy are equal; below it the model is too sure of itself. Bars below: examples in each bin, "
                + "on a logarithmic scale. The expected calibration error is the mean distance from the line, each bin "
                + "weighted by its examples (Guo et al. 2017).",
            alternative:
                "Reliability diagram. Expected calibration error \(error.short); \(sure.percent) of the predictions "
                + "are in the surest bin.",
            size: (480, 440), table: table,
            plot: """
                set multiplot
                set xrange [0:1]
                set lmargin at screen 0.14
                set rmargin at screen 0.95
                set tmargin at screen 0.88
                set bmargin at screen 0.38
                set ylabel "accuracy"
                set yrange [0:1]
                set format x ""
                set grid lt 1 lw 0.5 lc rgb faint
                set style fill transparent solid 0.5 noborder
                plot "reliability.csv" skip 1 using ((column(1)+column(2))/2):(column(3) > 0 ? column(5) : NaN):(column(2)-column(1)) \\
                        with boxes lc rgb first notitle, \\
                    x with lines lw 2 dt 2 lc rgb ink notitle, \\
                    "reliability.csv" skip 1 using (column(3) > 0 ? column(4) : NaN):5 with points pt 7 ps 0.8 lc rgb second notitle
                set title ""
                set tmargin at screen 0.34
                set bmargin at screen 0.16
                set xlabel "probability of the predicted class"
                set ylabel "examples"
                set format y "%.0s%c"
                set format x "%g"
                set logscale y
                set yrange [0.5:\(max(total, 1)).0*2]
                set ytics 10
                set style fill solid 1 noborder
                plot "reliability.csv" skip 1 using ((column(1)+column(2))/2):(column(3) > 0 ? column(3) : NaN):(column(2)-column(1)) \\
                    with boxes lc rgb first notitle
                unset multiplot
                """)
    }
}
