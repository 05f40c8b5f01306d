import Duet

/// How the accuracy grows as the model abstains from the least certain examples.
enum AbstentionFigure {
    /// The smallest share of answered examples that is drawn.
    private static let lowestShare = 50

    static func figure(_ predictions: EvaluatedPredictions, _ evaluation: Evaluation) -> Figure {
        let ablations = predictions.ablations
        let curves = ablations.map { predictions.areCorrectFromMostCertain($0) }
        // Where there is no mistake, the axis still has a length.
        var lowest = 0.99
        var table = DataTable(
            ["answered", "examples"] + ablations.flatMap { ["\($0.key)_accuracy", "\($0.key)_mistakes"] })
        for percent in lowestShare...100 {
            let count = max(predictions.count * percent / 100, 1)
            let measures = curves.flatMap { curve -> [any CustomStringConvertible] in
                let correct = curve.prefix(count).count { $0 }
                let accuracy = Double(correct) / Double(count)
                lowest = min(lowest, accuracy)
                return [accuracy, count - correct]
            }
            table.add(row: [Double(percent) / 100, count] + measures)
        }
        let lines = ablations.enumerated().map { place, ablation in
            "\"abstention.csv\" skip 1 using 1:\(3 + 2 * place) with lines lw 2.5 lc \(FigureScript.ablationColor(place)) "
                + "title \"\(evaluation.title(ablation))\""
        }
        return Figure(
            name: "abstention", title: "Accuracy on the examples with an answer",
            caption:
                "The model answers only the share of test examples that it is most certain of. Certainty: the probability of "
                + "the predicted class, calibrated.",
            alternative: zip(ablations, curves).map { ablation, curve in
                let most = curve.prefix(max(curve.count * 95 / 100, 1)).count { !$0 }
                return
                    "\(evaluation.title(ablation)): \(curve.count { !$0 }) mistakes with all answered, \(most) with 95 %."
            }.joined(separator: " "),
            size: (480, 360), table: table,
            plot: """
                set xrange [1:\(Double(lowestShare) / 100)]
                set yrange [\(lowest):1]
                set xlabel "share of examples with an answer"
                set ylabel "accuracy"
                set bmargin 7
                set grid ytics lt 1 lw 0.5 lc rgb faint
                plot \(lines.joined(separator: ", \\\n    "))
                """)
    }
}
