import Datasets
import NeuralNetwork

extension Trainer {
    /// Training examples that distances between embeddings are fitted to, at most.
    private static let mostExamples = 5000
    /// Validation examples that are predicted with noise, at most.
    private static let mostNoisyExamples = 1000

    /// What the validation examples tell about a finished model's probabilities, and how far embeddings are from the training's.
    func calibrate(_ training: Training) throws {
        let rows = data.split.validation
        guard !rows.isEmpty else { return }
        training.distances = try embeddingDistances(of: training.keptModel(), validation: rows)
        if try training.keptModel().softensBranches { try fitTemperatures(training, rows) }
        let predictor = try Predictor(training.keptModel(), threads: configuration.threads)
        let tables = try predictor.ablations(of: data.dataset, rows: rows)
        let scores = try predictor.outOfDistributionScores(of: data.dataset, rows: rows)
        let labels = rows.map { data.labels[$0] }
        training.calibration = tables.keyed.merged(with: tables) { ablation, table in
            ConfidenceCalibration(
                probabilities: table.values, labels: labels, outOfDistributionScores: scores?[ablation] ?? [])
        }
    }

    /// Fits how much less each branch knows of what is far from its training examples, on some validation examples, as they are and with
    /// noise.
    private func fitTemperatures(_ training: Training, _ validation: [Int]) throws {
        let count = min(validation.count, Self.mostNoisyExamples)
        let rows = (0..<count).map { validation[$0 * validation.count / count] }
        let labels = rows.map { data.labels[$0] }
        let parameters = FrozenParameters(training.state.kept)
        let whole = try model.network()
        let (ends, embeddings) = (model.outputNames(in: whole).branches, model.embeddingNames(in: whole))
        for (branch, end) in zip(model.branches, ends) {
            let (name, embedding) = (branch.modality.name, embeddings.ofBranch(branch.modality.name))
            guard let distance = training.distances[name], let size = data.dataset[name]?.size else { continue }
            let pass = try InferencePass(
                model.network(of: branch), outputs: Set([end, embedding]).sorted(), batchSize: 128,
                parameters: parameters, threads: configuration.threads)
            let levels = [nil] + branch.modality.kind.levelsForTemperatures
            let samples = try levels.map { level in
                var feeder = BatchFeeder.examples(of: data.dataset, data.normalization, [branch.modality])
                if let level {
                    let noise = Noise(branch.modality, level: level, seed: configuration.seed, data.normalization)
                    feeder = feeder.adding(noise, size: size)
                }
                var (probabilities, distances) = ([Float](), [Float]())
                try pass.run(rows, feeder) { _, outputs in
                    guard let output = outputs[end], let values = outputs[embedding] else { return }
                    probabilities += output
                    distances.append(distance.squaredDistance(of: values))
                }
                return DistanceTemperature.Sample(probabilities: probabilities, distances: distances)
            }
            training.distances[name]?.temperature = DistanceTemperature(fittedTo: samples, labels: labels)
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

extension Modality.Kind {
    /// Noise from hardly any to more than anything can be told from, as in `NoiseLevels.levels`.
    fileprivate var levelsForTemperatures: [Double] { self == .image ? [0.2, 0.4, 0.6, 0.8] : [10, 0, -5, -10] }
}
