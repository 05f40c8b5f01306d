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
        let model = try withDistances(training.keptModel(), from: data.split.train, validation: rows)
        training.distances = model.embeddingDistances
        var labels = [Int]()
        var (probabilities, scores) = (Ablations<[Float]>?.none, Ablations<[Float]>?.none)
        for part in try calibrationParts(of: model, training) where !part.rows.isEmpty {
            let predictor = try Predictor(part.model, threads: configuration.threads)
            let tables = try predictor.ablations(of: data.dataset, rows: part.rows).map(\.values)
            probabilities = probabilities?.merged(with: tables, +) ?? tables
            if let others = try predictor.outOfDistributionScores(of: data.dataset, rows: part.rows) {
                scores = scores?.merged(with: others, +) ?? others
            }
            labels += part.rows.map { data.labels[$0] }
        }
        training.calibration = probabilities.map { probabilities in
            probabilities.keyed.merged(with: probabilities) { ablation, values in
                ConfidenceCalibration(
                    probabilities: values, labels: labels, outOfDistributionScores: scores?[ablation] ?? [])
            }
        }
    }

    /// The validation rows, each with the model that is to predict it: the finished one, or with folds by speaker one whose audio branches
    /// have not heard the speaker.
    private func calibrationParts(
        of model: TrainedModel, _ training: Training
    ) throws -> [(model: TrainedModel, rows: [Int])] {
        let rows = data.split.validation
        // Fine-tuning has changed what is behind the branches, and the folds' branches not.
        guard !configuration.fineTune else { return [(model: model, rows: rows)] }
        let isOfFold = Set(crossFitting.validation.joined())
        let folds = try crossFitting.validation.enumerated().map { index, rowsOfFold in
            let weights = self.model.branches.filter { crossFitting.hasSpeakerFolds(of: $0.modality) }
                .compactMap { training.state.folds[.fold($0.modality.name, index + 1)] }
            let parameters = weights.reduce(model.parameters) { $0.replacing(with: $1) }
            let ofFold = Set(rowsOfFold)
            let others = rows.filter { !ofFold.contains($0) }
            let unheard = try withDistances(
                data.trainedModel(self.model, parameters, configuration),
                from: crossFitting.trainingRows(except: index + 1), validation: others.isEmpty ? rows : others)
            return (model: unheard, rows: rowsOfFold)
        }
        return [(model: model, rows: rows.filter { !isOfFold.contains($0) })] + folds
    }

    /// A model with how far embeddings are from those of training examples, and how much less each branch knows of what is far.
    private func withDistances(
        _ model: TrainedModel, from training: [Int], validation: [Int]
    ) throws -> TrainedModel {
        var model = model
        model.embeddingDistances = try embeddingDistances(of: model, from: training, validation: validation)
        if model.softensBranches { try fitTemperatures(of: &model, validation) }
        return model
    }

    /// Fits how much less each branch knows of what is far from its training examples, on some validation examples, as they are and with
    /// noise: so that each branch alone is likeliest to be right, and where the fusion multiplies, so that their product is.
    private func fitTemperatures(of trained: inout TrainedModel, _ validation: [Int]) throws {
        let count = min(validation.count, Self.mostNoisyExamples)
        let rows = (0..<count).map { validation[$0 * validation.count / count] }
        let labels = rows.map { data.labels[$0] }
        let samples = try noisySamples(of: trained, rows)
        for (branch, samples) in zip(model.branches, samples) where !samples.isEmpty {
            trained.embeddingDistances[branch.modality.name]?.temperature =
                DistanceTemperature(fittedTo: samples, labels: labels)
        }
        // In a mean, one that is sure and wrong costs little more than one that is unsure, and its temperatures would stay at 1.
        guard model.branches.count > 1, model.fusion.fitsWeights, !samples.contains(where: \.isEmpty) else { return }
        let fit = try TemperatureFit(trained, samples: samples, labels: labels, threads: configuration.threads)
        for (branch, temperature) in zip(model.branches, try fit.temperatures()) {
            trained.embeddingDistances[branch.modality.name]?.temperature = temperature
        }
    }

    /// What each branch predicts for some rows, and how far away they are: as they are, and with each level of noise. Empty for a branch
    /// whose distances are not known.
    private func noisySamples(of trained: TrainedModel, _ rows: [Int]) throws -> [[DistanceTemperature.Sample]] {
        let parameters = FrozenParameters(trained.parameters)
        let whole = try model.network()
        let (ends, embeddings) = (model.outputNames(in: whole).branches, model.embeddingNames(in: whole))
        return try zip(model.branches, ends).map { branch, end in
            let (name, embedding) = (branch.modality.name, embeddings.ofBranch(branch.modality.name))
            guard let distance = trained.embeddingDistances[name], let size = data.dataset[name]?.size else {
                return []
            }
            let pass = try InferencePass(
                model.network(of: branch), outputs: Set([end, embedding]).sorted(), batchSize: 128,
                parameters: parameters, threads: configuration.threads)
            return try ([nil] + branch.modality.kind.levelsForTemperatures).map { level in
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
        }
    }

    private func embeddingDistances(
        of model: TrainedModel, from training: [Int], validation: [Int]
    ) throws -> [String: MahalanobisDistance] {
        // Evenly from all of them.
        let count = min(training.count, Self.mostExamples)
        let rows = (0..<count).map { training[$0 * training.count / count] }
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
