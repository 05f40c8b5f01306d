import Datasets
import NeuralNetwork

extension Trainer {
    /// Training examples that distances between embeddings are fitted to, at most.
    private static let mostExamples = 5000
    /// Validation examples that are predicted with noise, at most.
    private static let mostNoisyExamples = 2000

    /// What the validation examples tell about a finished model's probabilities, and how far embeddings are from the training's.
    /// - Parameters:
    ///   - training: has the model, and gets what was found.
    ///   - advance: called after each batch with how many examples were predicted so far, and how many will be at most.
    /// - Throws: what `advance` throws.
    func calibrate(_ training: Training, advance: @escaping (Int, Int) throws -> Void) throws {
        let rows = data.split.validation
        guard !rows.isEmpty else { return }
        let progress = CalibrationProgress(total: mostPredictions(for: rows), advance)
        var parts = try calibrationParts(training, progress)
        if parts[0].model.softensBranches {
            for (modality, temperature) in try temperatures(for: parts, progress) {
                for index in parts.indices {
                    parts[index].model.embeddingDistances[modality]?.temperature = temperature
                }
            }
        }
        training.distances = parts[0].model.embeddingDistances
        var labels = [Int]()
        var (probabilities, scores) = (Ablations<[Float]>?.none, Ablations<[Float]>?.none)
        for part in parts where !part.rows.isEmpty {
            let predictor = try Predictor(part.model, scores: true, threads: configuration.threads)
            let predictions = try predictor.predictions(
                of: data.dataset, rows: part.rows, advance: progress.pass(of: part.rows))
            let tables = predictions.probabilities.map(\.values)
            probabilities = probabilities?.merged(with: tables, +) ?? tables
            if let others = predictions.scores { scores = scores?.merged(with: others, +) ?? others }
            labels += part.rows.map { data.labels[$0] }
        }
        training.calibration = probabilities.map { probabilities in
            probabilities.keyed.merged(with: probabilities) { ablation, values in
                ConfidenceCalibration(
                    probabilities: values, labels: labels, outOfDistributionScores: scores?[ablation] ?? [])
            }
        }
    }

    /// The validation rows, each with the model that is to predict it: the finished one, which is the first part, or with folds by speaker
    /// one whose audio branches have not heard the speaker.
    private func calibrationParts(
        _ training: Training, _ progress: CalibrationProgress
    ) throws -> [(model: TrainedModel, rows: [Int])] {
        let rows = data.split.validation
        let model = try withDistances(training.keptModel(), from: data.split.train, validation: rows, progress)
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
                from: crossFitting.trainingRows(except: index + 1), validation: others.isEmpty ? rows : others, progress
            )
            return (model: unheard, rows: rowsOfFold)
        }
        return [(model: model, rows: rows.filter { !isOfFold.contains($0) })] + folds
    }

    /// A model with how far embeddings are from those of training examples.
    private func withDistances(
        _ model: TrainedModel, from training: [Int], validation: [Int], _ progress: CalibrationProgress
    ) throws -> TrainedModel {
        var model = model
        model.embeddingDistances = try embeddingDistances(of: model, from: training, validation: validation, progress)
        return model
    }

    /// Fits how much less each branch knows of what is far from its training examples, on some validation examples, as they are and with
    /// noise: so that each branch alone is likeliest to be right, and where the fusion multiplies, so that their product is.
    /// - Parameters:
    ///   - parts: the validation rows, each with the model that is to predict it; the first part's is the finished one.
    ///   - progress: told of each batch.
    /// - Returns: a temperature for each modality.
    /// - Throws: what a pass throws.
    private func temperatures(
        for parts: [(model: TrainedModel, rows: [Int])], _ progress: CalibrationProgress
    ) throws -> [String: DistanceTemperature] {
        let validation = data.split.validation
        let count = min(validation.count, Self.mostNoisyExamples)
        let some = Set((0..<count).map { validation[$0 * validation.count / count] })
        var labels = [Int]()
        var samples = [[DistanceTemperature.Sample]]()
        for part in parts {
            let rows = part.rows.filter(some.contains)
            guard !rows.isEmpty else { continue }
            let others = try noisySamples(of: part.model, rows, progress)
            samples = samples.isEmpty ? others : zip(samples, others).map { zip($0, $1).map { $0.joined(with: $1) } }
            labels += rows.map { data.labels[$0] }
        }
        var finished = parts[0].model
        for (branch, samples) in zip(model.branches, samples) where !samples.isEmpty {
            finished.embeddingDistances[branch.modality.name]?.temperature =
                DistanceTemperature(fittedTo: samples, labels: labels)
        }
        var temperatures = finished.embeddingDistances.mapValues(\.temperature)
        // In a mean, one that is sure and wrong costs little more than one that is unsure, and its temperatures would stay at 1.
        if model.branches.count > 1, model.fusion.fitsWeights, !samples.contains(where: \.isEmpty) {
            let fit = try TemperatureFit(finished, samples: samples, labels: labels, threads: configuration.threads)
            for (branch, temperature) in zip(model.branches, try fit.temperatures()) {
                temperatures[branch.modality.name] = temperature
            }
        }
        return temperatures
    }

    /// What each branch predicts for some rows, and how far away they are: as they are, and with each level of noise. Empty for a branch
    /// whose distances are not known.
    private func noisySamples(
        of trained: TrainedModel, _ rows: [Int], _ progress: CalibrationProgress
    ) throws -> [[DistanceTemperature.Sample]] {
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
                try pass.run(rows, feeder, advance: progress.pass(of: rows)) { _, outputs in
                    guard let output = outputs[end], let values = outputs[embedding] else { return }
                    probabilities += output
                    distances.append(distance.squaredDistance(of: values))
                }
                return DistanceTemperature.Sample(probabilities: probabilities, distances: distances)
            }
        }
    }

    private func embeddingDistances(
        of model: TrainedModel, from training: [Int], validation: [Int], _ progress: CalibrationProgress
    ) throws -> [String: MahalanobisDistance] {
        // Evenly from all of them.
        let count = min(training.count, Self.mostExamples)
        let rows = (0..<count).map { training[$0 * training.count / count] }
        let labels = rows.map { data.labels[$0] }
        let predictor = try Predictor(model, threads: configuration.threads)
        let embeddings = try predictor.embeddings(of: data.dataset, rows: rows, advance: progress.pass(of: rows))
        let others = try predictor.embeddings(
            of: data.dataset, rows: validation, advance: progress.pass(of: validation))
        return self.model.modalities.map(\.name).reduce(into: [:]) { distances, name in
            distances[name] = MahalanobisDistance(
                embeddings.ofBranch(name).values, labels: labels, classes: model.classNames.count,
                validation: others.ofBranch(name).values)
        }
    }
}

extension Trainer {
    /// How many predictions a calibration takes: where folds leave some examples out, fewer.
    private func mostPredictions(for validation: [Int]) -> Int {
        let models = 1 + (configuration.fineTune ? 0 : crossFitting.validation.count)
        let noisy = model.branches.reduce(0) { $0 + 1 + $1.modality.kind.levelsForTemperatures.count }
        return models * (min(data.split.train.count, Self.mostExamples) + validation.count)
            + noisy * min(validation.count, Self.mostNoisyExamples) + validation.count
    }
}

/// Counts the examples of several passes as one piece of work.
private final class CalibrationProgress {
    private let total: Int
    private let advance: (Int, Int) throws -> Void
    private var before = 0

    init(total: Int, _ advance: @escaping (Int, Int) throws -> Void) {
        (self.total, self.advance) = (total, advance)
    }

    /// What a pass over some rows calls with how many of them are done.
    func pass(of rows: [Int]) -> (Int) throws -> Void {
        let (start, total, advance) = (before, total, advance)
        before += rows.count
        return { try advance(start + $0, total) }
    }
}

extension Modality.Kind {
    /// Noise from hardly any to more than anything can be told from, as in `NoiseLevels.levels`.
    fileprivate var levelsForTemperatures: [Double] { self == .image ? [0.2, 0.4, 0.6, 0.8] : [10, 0, -5, -10] }
}
