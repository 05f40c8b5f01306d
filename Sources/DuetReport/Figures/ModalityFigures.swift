import Duet

/// What each modality contributes.
enum ModalityFigures {
    /// The accuracy with all modalities, and with each alone.
    static func contributions(_ evaluation: Evaluation) -> Figure {
        var table = DataTable(["place", "accuracy", "low", "high", "modalities"])
        let bars = evaluation.accuracies.entries.map { (evaluation.title($0.ablation), $0.value) }
        for (place, bar) in bars.enumerated() {
            table.add(place, bar.1.accuracy, bar.1.interval.low, bar.1.interval.high, bar.0)
        }
        let ticks = bars.enumerated().map { "\"\($1.0)\" \($0)" }.joined(separator: ", ")
        return Figure(
            name: "modalities", title: "Accuracy of each modality alone",
            caption:
                "An absent modality is replaced by what the fusion defines for it; by default, its branch gives every class the "
                + "same probability. Whiskers: 95 % confidence intervals (Wilson).",
            alternative: bars.map { "\($0.0): \($0.1.accuracy.short)" }.joined(separator: ", ") + ".",
            size: (480, 260), table: table,
            plot: """
                unset key
                set xrange [0:1]
                set yrange [\(bars.count - 1).6:-0.6]
                set ytics (\(ticks))
                set xlabel "accuracy"
                set grid xtics lt 1 lw 0.5 lc rgb faint
                set style fill solid 1 noborder
                plot "modalities.csv" skip 1 using (column(2)/2):1:(column(2)/2):(0.3) with boxxyerror lc rgb first, \\
                    "" skip 1 using 2:1:3:4 with xerrorbars lw 2 pt 0 lc rgb ink, \\
                    "" skip 1 using (0.03):1:(sprintf("%.4f", column(2))) with labels left tc rgb paper
                """)
    }

    /// Which modality wins where the two contradict each other, class by class.
    static func contradiction(_ contradiction: Contradiction, _ classNames: [String]) -> Figure {
        let (first, second) = (contradiction.sides[0], contradiction.sides[1])
        let (a, b) = (first.modality, second.modality)
        var table = DataTable([
            "\(a)_index", "\(b)_index", "examples", "\(a)_wins", "\(b)_wins", "\(a)_share", a, b,
        ])
        for (row, counts) in contradiction.counts.enumerated() {
            for (column, count) in counts.enumerated() {
                let wins = first.winsByClass[row][column]
                table.add(
                    row, column, count, wins, second.winsByClass[row][column],
                    count > 0 ? (Double(wins) / Double(count)).description : "", classNames[row], classNames[column])
            }
        }
        func share(_ wins: Int) -> String { (Double(wins) / Double(max(contradiction.count, 1))).percent }
        let decision =
            contradiction.decided > 0
            ? " Where the two alone predict different classes and the prediction is one of them, it is that of the more confident one in "
                + "\((Double(contradiction.decidedByMoreConfident) / Double(contradiction.decided)).percent)."
            : ""
        let outcome =
            "Of \(contradiction.count.grouped) examples, \(share(first.wins)) were predicted as the class of the \(a), "
            + "\(share(second.wins)) as that of the \(b), \(share(contradiction.neitherWins)) as a third class."
            + decision
        let side = classNames.count <= ConfusionFigure.countsFit ? max(460, 28 * classNames.count + 140) : 560
        return Figure(
            name: "contradiction", title: "Contradicting modalities: share of \(a), %",
            caption:
                "The \(a) of each test example with the \(b) of an example of another class, drawn at random. \(outcome) Numbers in "
                + "the cells: per cent of the examples that were predicted as the class of the \(a).",
            alternative: outcome, size: (side, side), table: table,
            plot: """
                set palette defined (0 second, 0.5 paper, 1 first)
                set cbrange [0:1]
                set cbtics ("\(b)" 0, "even" 0.5, "\(a)" 1) textcolor rgb ink
                set colorbox noborder
                unset key
                set border 0
                set tics scale 0
                set xlabel "class of the \(b)"
                set ylabel "class of the \(a)"
                \(FigureScript.classTicks("x", classNames))
                \(FigureScript.classTicks("y", classNames))
                set xrange [-0.5:\(classNames.count).0-0.5]
                set yrange [\(classNames.count).0-0.5:-0.5]
                set datafile missing ""
                plot "contradiction.csv" skip 1 using 2:1:(column(3) > 0 ? column(6) : NaN) with image pixels\(shares(classNames.count))
                """)
    }

    private static func shares(_ classes: Int) -> String {
        guard classes <= ConfusionFigure.countsFit else { return "" }
        func labels(_ condition: String, _ color: String) -> String {
            """
            , \\
                "contradiction.csv" skip 1 using (column(3) > 0 && (\(condition)) ? column(2) : NaN):1:(sprintf("%.0f", 100*column(6))) \\
                    with labels font ",10" tc rgb \(color)
            """
        }
        return labels("abs(column(6) - 0.5) < 0.35", "ink") + labels("abs(column(6) - 0.5) >= 0.35", "paper")
    }
}
