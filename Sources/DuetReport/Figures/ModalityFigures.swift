import Duet

/// What each modality contributes.
enum ModalityFigures {
    /// The accuracy with both, and with one absent.
    static func contributions(_ evaluation: Evaluation) -> Figure {
        var table = DataTable(["place", "accuracy", "low", "high", "what"])
        let bars: [(String, Double, WilsonInterval)] = [
            ("image and audio", evaluation.accuracy, evaluation.accuracyInterval),
            ("image alone", evaluation.imageOnlyAccuracy, evaluation.imageOnlyInterval),
            ("audio alone", evaluation.audioOnlyAccuracy, evaluation.audioOnlyInterval),
        ]
        for (place, bar) in bars.enumerated() { table.add(place, bar.1, bar.2.low, bar.2.high, bar.0) }
        let ticks = bars.enumerated().map { "\"\($1.0)\" \($0)" }.joined(separator: ", ")
        return Figure(
            name: "modalities", title: "Accuracy with a modality absent",
            caption:
                "Where a modality is absent, the head gets the same probability for every class in place of what that "
                + "branch would say. Whiskers: 95 % intervals (Wilson).",
            alternative: bars.map { "\($0.0): \($0.1.short)" }.joined(separator: ", ") + ".",
            size: (480, 260), table: table,
            plot: """
                unset key
                set xrange [0:1]
                set yrange [2.6:-0.6]
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
        var table = DataTable([
            "image_index", "audio_index", "pairs", "image_wins", "audio_wins", "image_share", "image", "audio",
        ])
        for (image, row) in contradiction.pairs.enumerated() {
            for (audio, pairs) in row.enumerated() {
                let wins = contradiction.imageWinsByClass[image][audio]
                table.add(
                    image, audio, pairs, wins, contradiction.audioWinsByClass[image][audio],
                    pairs > 0 ? (Double(wins) / Double(pairs)).description : "", classNames[image], classNames[audio])
            }
        }
        func share(_ wins: Int) -> String { (Double(wins) / Double(max(contradiction.count, 1))).percent }
        let outcome =
            "The image's class was said for \(share(contradiction.imageWins)) of \(contradiction.count.grouped) pairs, the sound's for "
            + "\(share(contradiction.audioWins)), a third class for \(share(contradiction.neitherWins))."
        let side = classNames.count <= ConfusionFigure.countsFit ? max(460, 28 * classNames.count + 140) : 560
        return Figure(
            name: "contradiction", title: "How often the image wins, per cent",
            caption:
                "Each test image with the sound of another class, drawn at random. \(outcome) Numbers in the cells: per "
                + "cent of the pairs that got the image's class.",
            alternative: outcome, size: (side, side), table: table,
            plot: """
                set palette defined (0 second, 0.5 paper, 1 first)
                set cbrange [0:1]
                set cbtics ("sound" 0, "even" 0.5, "image" 1) textcolor rgb ink
                set colorbox noborder
                unset key
                set border 0
                set tics scale 0
                set xlabel "class of the sound"
                set ylabel "class of the image"
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
