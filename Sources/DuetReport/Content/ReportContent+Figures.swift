import Duet

extension ReportContent {
    /// The accuracy and the loss.
    var curves: [Figure] { CurvesFigure.Measure.allCases.map { CurvesFigure.figure($0, history) } }

    /// The confusion matrices and the classes' bars.
    func confusions() throws -> [Figure] {
        let metrics = try Dictionary(
            uniqueKeysWithValues: PairOpinions.Source.allCases.map { ($0, try opinions.metrics($0)) })
        let matrices = PairOpinions.Source.allCases.compactMap { source in
            metrics[source].map { ConfusionFigure.figure(source, $0.confusion, evaluation.classNames) }
        }
        return matrices + [ClassFigure.figure(metrics, evaluation.classNames)]
    }

    /// The hidden layers, laid out in the plane.
    var embeddings: [Figure] { maps.map { EmbeddingFigure.figure($0, evaluation.classNames) } }

    /// The reliability diagram.
    var reliability: Figure {
        ReliabilityFigure.figure(evaluation.calibrationBins, error: evaluation.calibrationError)
    }

    /// What each modality contributes.
    var modalities: [Figure] {
        [ModalityFigures.contributions(evaluation)] + (evaluation.noise ?? []).map(NoiseFigure.figure)
            + (contradiction.map { [ModalityFigures.contradiction($0, evaluation.classNames)] } ?? [])
    }

    /// What was said of every pair, so that all other numbers can be computed anew.
    var pairs: DataTable {
        let names = evaluation.classNames
        var table = DataTable([
            "row", "class_index", "said_index", "probability", "image_said_index", "image_probability",
            "audio_said_index",
            "audio_probability", "class", "said",
        ])
        for position in opinions.rows.indices {
            let answers = PairOpinions.Source.allCases.map { source in
                let said = opinions.said(source, at: position)
                return (said: said, probability: Array(opinions.probabilities(source, at: position))[said])
            }
            table.add(
                opinions.rows[position], opinions.truth[position], answers[0].said, answers[0].probability,
                answers[1].said, answers[1].probability, answers[2].said, answers[2].probability,
                names[opinions.truth[position]], names[answers[0].said])
        }
        return table
    }
}
