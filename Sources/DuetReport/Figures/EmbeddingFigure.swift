import Duet
import Embeddings

/// The paper's Figure 2: an embedding laid out in the plane, coloured by class.
enum EmbeddingFigure {
    /// What all of these figures have in common, said once.
    static let explanation =
        "The last hidden layer's embedding of each example, mapped to the plane by t-SNE. A cross marks a misclassified example. "
        + "Silhouette: how much nearer a point is to its own class than to the next, −1 to 1. Adjusted Rand index: how "
        + "well k-means, which knows no labels, finds the classes; 1 is perfect, 0 is chance. Both are of the points as drawn."

    /// The most classes that get a legend; more are named in the drawing only.
    static let legendFits = 20
    /// The most classes that are named in the drawing.
    private static let namesFit = 60

    static func figure(_ map: EmbeddingMap, _ classNames: [String]) -> Figure {
        let name = "embedding-\(map.ablation.key)"
        var table = DataTable(["row", "x", "y", "class_index", "predicted_index", "cluster", "class", "predicted"])
        for point in map.points {
            table.add(
                point.row, point.x, point.y, point.classIndex, point.predicted, point.cluster,
                classNames[point.classIndex],
                classNames[point.predicted])
        }
        var centers = DataTable(["class_index", "x", "y", "class"])
        for (index, center) in map.centers(classes: classNames.count) {
            centers.add(index, center.x, center.y, classNames[index])
        }
        let classes = centers.rows.count
        let numbers =
            "silhouette \(map.silhouette.decimals(3)), adjusted Rand index \(map.adjustedRandIndex.decimals(3))"
        return Figure(
            name: name, title: map.ablation.layerTitle, caption: caption(map, classNames),
            alternative:
                "t-SNE of \(map.points.count.grouped) examples in \(classes) classes by the layer \(map.layer): \(numbers); "
                + "\(map.mistakes) points are misclassified.",
            size: (420, 480), table: table, furtherTables: ["\(name)-names.csv": centers],
            plot: """
                unset border
                unset tics
                set size ratio -1
                set offsets graph 0.03, graph 0.03, graph 0.03, graph 0.05
                set xlabel "\(numbers)" offset 0, 0.3
                set key samplen 0.5 spacing 1.1
                set style textbox opaque noborder fillcolor rgb paper margins 0.4, 0.4
                plot "\(name).csv" skip 1 using 2:3:(classMarker(column(4))):(classColor(column(4))) \\
                        with points ps 0.45 lw 1 pt variable lc variable notitle, \\
                    "" skip 1 using (column(4) != column(5) ? column(2) : NaN):3 with points pt 2 ps 0.8 lw 1.5 lc rgb ink \\
                        title "wrong"\(names(name, classes))\(legend(classNames))
                """,
            isDense: true)
    }

    private static func names(_ name: String, _ classes: Int) -> String {
        guard classes <= namesFit else { return "" }
        return ", \\\n    \"\(name)-names.csv\" skip 1 using 2:3:4 with labels boxed font \",12\" tc rgb ink notitle"
    }

    private static func legend(_ classNames: [String]) -> String {
        guard classNames.count <= legendFits else { return "" }
        return classNames.enumerated().map { index, name in
            ", \\\n    keyentry with points pt classMarker(\(index)) ps 0.8 lc classColor(\(index)) title "
                + FigureScript.quoted(name.shortened(to: 12))
        }.joined()
    }

    private static func caption(_ map: EmbeddingMap, _ classNames: [String]) -> String {
        let chosen = map.points.count < map.available ? " drawn at random from \(map.available.grouped)" : ""
        let layer = (map.layerSilhouette.decimals(3), map.layerAdjustedRandIndex.decimals(3))
        var text = """
            t-SNE of the \(map.width) values of the layer \(map.layer), \(map.points.count.grouped) test examples\(chosen). \
            In the layer itself the silhouette is \(layer.0), the adjusted Rand index \(layer.1).
            """
        if classNames.count > FigureScript.classColors {
            text +=
                " Colours repeat after \(FigureScript.classColors) classes, shapes after \(FigureScript.classMarkers)."
        }
        if classNames.count > legendFits {
            text +=
                classNames.count > namesFit
                ? " There are too many classes to name; the CSV file has them." : " Classes are named where they lie."
        }
        return text
    }
}

extension Ablation {
    /// Whose last hidden layer it is.
    fileprivate var layerTitle: String {
        switch self {
        case .all: "Fusion"
        case .alone(let modality): "\(modality.capitalizedFirst) branch"
        }
    }
}
