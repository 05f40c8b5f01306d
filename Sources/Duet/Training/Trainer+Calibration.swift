import Datasets

extension Trainer {
    /// Training examples that distances between embeddings are fitted to, at most.
    private static let mostExamples = 5000

    /// What the validation examples tell about a finished model's probabilities, and how far embeddings are from the training's.
    func calibrate(_ training: Training) throws {
        let rows = data.split.validation
        guard !rows.isEmpty else { return }
        training.distances = try embeddingDistances(of: training.bestModel(), validation: rows)
        let predictor = try Predictor(training.bestModel(), threads: configuration.threads)
        let tables = try predictor.ablations(of: data.dataset, rows: rows)
        let scores = try predictor.outOfDistributionScores(of: data.dataset, rows: rows)
        let labels = rows.map { data.labels[$0] }
        training.calibration = tables.keyed.merged(with: tables) { ablation, table in
            ConfidenceCalibration(
                probabilities: table.values, labels: labels, outOfDistributionScores: scores?[ablation] ?? [])
        }
    }

    private func embeddingDistances(
        of model: TrainedModel, validation: [Int]
    ) throws -> [String: MahalanobisDistance] {
        let all = data.split.train
        // Evenly from all of them.
        let count = min(all.count, Self.mostExamples)
        let rows = (0..<count).map { all[$0 * all.count / count] }
        let labels = rows.map { data.labels[$0] }
        let predictor = try Predictor(model, threads: configuration.threads)
        let embeddings = try predictor.embeddings(of: data.dataset, rows: rows)
        let others = try predictor.embeddings(of: data.dataset, rows: validation)
        return self.model.modalities.map(\.name).reduce(into: [:]) { distances, name in
            distances[name] = MahalanobisDistance(
                embeddings.ofBranch(name).values, labels: labels, classes: model.classNames.count,
                validation: others.ofBranch(name).values)
        }
    }
}
