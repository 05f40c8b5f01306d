import Duet

/// A confusion matrix: rows the true classes, columns the predicted ones.
enum ConfusionFigure {
    /// What all of these figures have in common, said once.
    static let explanation =
        "Rows are the true classes, columns the predicted ones. The colour goes by the cube root of the share of the row, so that "
        + "rare mistakes show."

    /// The most classes whose counts are written into the cells.
    static let countsFit = 20

    static func figure(
        _ ablation: Ablation, _ title: String, _ confusion: ConfusionMatrix, _ classNames: [String]
    ) -> Figure {
        var table = DataTable(["true_index", "predicted_index", "count", "share", "true", "predicted"])
        for (truth, row) in confusion.counts.enumerated() {
            let total = max(row.reduce(0, +), 1)
            for (predicted, count) in row.enumerated() {
                table.add(
                    truth, predicted, count, Double(count) / Double(total), classNames[truth], classNames[predicted])
            }
        }
        let name = "confusion-\(ablation.key)"
        let side = classNames.count <= countsFit ? max(420, 28 * classNames.count + 120) : 520
        let caption = classNames.count > countsFit ? "The counts are in \(name).csv." : ""
        return Figure(
            name: name, title: "\(title.capitalizedFirst): accuracy \(confusion.accuracy.percent)", caption: caption,
            alternative: alternative(title, confusion, classNames), size: (side, side), table: table,
            plot: """
                set palette defined (0 paper, 1 first)
                set cbrange [0:1]
                unset colorbox
                unset key
                set border 0
                set tics scale 0
                set xlabel "predicted"
                set ylabel "true"
                \(FigureScript.classTicks("x", classNames))
                \(FigureScript.classTicks("y", classNames))
                set xrange [-0.5:\(classNames.count).0-0.5]
                set yrange [\(classNames.count).0-0.5:-0.5]
                plot "\(name).csv" skip 1 using 2:1:(column(4)**(1.0/3)) with image pixels\(counts(name, classNames.count))
                """)
    }

    private static func counts(_ name: String, _ classes: Int) -> String {
        guard classes <= countsFit else { return "" }
        func labels(_ condition: String, _ color: String) -> String {
            ", \\\n    \"\(name).csv\" skip 1 using (\(condition) ? column(2) : NaN):1:3 with labels font \",10\" tc rgb \(color)"
        }
        return labels("column(3) > 0 && column(4) < 0.125", "ink") + labels("column(4) >= 0.125", "paper")
    }

    private static func alternative(
        _ title: String, _ confusion: ConfusionMatrix, _ classNames: [String]
    ) -> String {
        let start =
            "\(title.capitalizedFirst): \(confusion.correct.grouped) of \(confusion.total.grouped) examples correct."
        let worst = confusion.commonest(3).map {
            "\(classNames[$0.truth]) as \(classNames[$0.predicted]) \($0.count) times"
        }
        return worst.isEmpty ? start : start + " Most often confused: \(worst.joined(separator: ", "))."
    }
}

extension ConfusionMatrix {
    /// The commonest mistakes, the commonest first; of equal ones, in the order of the classes.
    func commonest(_ most: Int) -> [(truth: Int, predicted: Int, count: Int)] {
        let mistakes = counts.indices.flatMap { truth in
            counts.indices.filter { $0 != truth && counts[truth][$0] > 0 }.map { (truth, $0, counts[truth][$0]) }
        }
        return Array(mistakes.sorted { (-$0.2, $0.0, $0.1) < (-$1.2, $1.0, $1.1) }.prefix(most))
    }
}

extension String {
    /// The text with its first letter in upper case, as in headings.
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
