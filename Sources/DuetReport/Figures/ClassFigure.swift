import Duet

/// How many of each class's pairs are found: by both modalities and by each alone.
enum ClassFigure {
    static func figure(_ metrics: [PairOpinions.Source: ClassificationMetrics], _ classNames: [String]) -> Figure {
        let perClass = metrics.mapValues(\.confusion.perClass)
        var table = DataTable(["class_index", "fused", "image", "audio", "pairs", "class"])
        for (index, name) in classNames.enumerated() {
            func recall(_ source: PairOpinions.Source) -> Double { perClass[source]?[index].recall ?? 0 }
            table.add(
                index, recall(.fused), recall(.image), recall(.audio), perClass[.fused]?[index].support ?? 0, name)
        }
        let worst = classNames.indices.min { (perClass[.fused]?[$0].recall ?? 0) < (perClass[.fused]?[$1].recall ?? 0) }
        let hardest =
            worst.map { "\(classNames[$0]), \((perClass[.fused]?[$0].recall ?? 0).percent) of them found" } ?? ""
        return Figure(
            name: "classes", title: "Found of each class",
            caption: "The share of each class's pairs that were classified correctly (recall).",
            alternative: "Recall of each class. The hardest class for image and audio together is \(hardest).",
            size: (min(max(520, 32 * classNames.count), 1100), 300), table: table,
            plot: """
                set style data histograms
                set style histogram clustered gap 1
                set style fill solid 1
                set yrange [0:1]
                set grid ytics lt 1 lw 0.5 lc rgb faint
                \(FigureScript.classTicks("x", classNames, most: 40))
                plot "classes.csv" skip 1 using 2 lc rgb first title "both", \\
                    "" skip 1 using 3 lc rgb second title "image alone", \\
                    "" skip 1 using 4 lc rgb third title "audio alone"
                """)
    }
}
