import Duet

extension ReportContent {
    /// The accuracy and the loss.
    var curves: [Figure] { CurvesFigure.Measure.allCases.map { CurvesFigure.figure($0, history) } }

    /// The confusion matrices and the classes' bars.
    func confusions() throws -> [Figure] {
        let metrics = Ablations(
            all: try predictions.metrics(.all),
            alone: try predictions.probabilities.alone.map {
                ($0.modality, try predictions.metrics(.alone($0.modality)))
            })
        let matrices = metrics.entries.map {
            ConfusionFigure.figure(
                $0.ablation, evaluation.title($0.ablation), $0.value.confusion, evaluation.classNames)
        }
        return matrices + [ClassFigure.figure(metrics, evaluation)]
    }

    /// The embeddings, mapped to the plane.
    var embeddings: [Figure] { maps.map { EmbeddingFigure.figure($0, evaluation.classNames) } }

    /// The reliability diagram, and the accuracy with abstention.
    var certainty: [Figure] {
        [
            ReliabilityFigure.figure(evaluation.calibrationBins, error: evaluation.calibrationError),
            AbstentionFigure.figure(predictions, evaluation),
        ]
    }

    /// What each modality contributes.
    var modalities: [Figure] {
        [ModalityFigures.contributions(evaluation)]
            + (evaluation.noise ?? []).map { NoiseFigure.figure($0, evaluation) }
            + (contradiction.map { [ModalityFigures.contradiction($0, evaluation.classNames)] } ?? [])
    }

    /// The predictions for every example, so that all other numbers can be computed anew.
    var examples: DataTable {
        let names = evaluation.classNames
        let alone = predictions.ablations.dropFirst()
        var table = DataTable(
            ["row", "class_index", "predicted_index", "probability"]
                + alone.flatMap { ["\($0.key)_predicted_index", "\($0.key)_probability"] } + ["class", "predicted"])
        for position in predictions.rows.indices {
            let answers = predictions.ablations.flatMap { ablation -> [any CustomStringConvertible] in
                let predicted = predictions.predicted(ablation, at: position)
                return [predicted, Array(predictions.probabilities(ablation, at: position))[predicted]]
            }
            table.add(
                row: [predictions.rows[position], predictions.labels[position]] + answers + [
                    names[predictions.labels[position]], names[predictions.predicted(.all, at: position)],
                ])
        }
        return table
    }
}
