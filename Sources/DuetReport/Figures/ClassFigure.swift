import Duet

/// The recall of each class, from all modalities and from each alone.
enum ClassFigure {
    static func figure(_ metrics: Ablations<ClassificationMetrics>, _ evaluation: Evaluation) -> Figure {
        let classNames = evaluation.classNames
        let perClass = metrics.map(\.confusion.perClass)
        var table = DataTable(["class_index"] + perClass.entries.map(\.ablation.key) + ["examples", "class"])
        for (index, name) in classNames.enumerated() {
            table.add(
                row: [index] + perClass.entries.map { $0.value[index].recall } + [perClass.all[index].support, name])
        }
        let worst = classNames.indices.min { perClass.all[$0].recall < perClass.all[$1].recall }
        let hardest = worst.map { "\(classNames[$0]), recall \(perClass.all[$0].recall.percent)" } ?? ""
        let bars = perClass.entries.enumerated().map { place, entry in
            "\(place == 0 ? "\"classes.csv\"" : "\"\"") skip 1 using \(2 + place) lc \(FigureScript.ablationColor(place)) "
                + "title \"\(evaluation.title(entry.ablation))\""
        }
        return Figure(
            name: "classes", title: "Recall per class",
            caption: "The share of each class's examples that were classified correctly.",
            alternative: "Recall per class. The hardest class for \(evaluation.title(.all)) is \(hardest).",
            size: (min(max(520, 32 * classNames.count), 1100), 300), table: table,
            plot: """
                set style data histograms
                set style histogram clustered gap 1
                set style fill solid 1
                set yrange [0:1]
                set grid ytics lt 1 lw 0.5 lc rgb faint
                \(FigureScript.classTicks("x", classNames, most: 40))
                plot \(bars.joined(separator: ", \\\n    "))
                """)
    }
}
