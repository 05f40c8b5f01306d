public import FileFormats
public import Datasets
public import NeuralNetwork

/// Looks into a trained model: its embeddings, which modality wins where they contradict each other, and what a prediction rests on.
///
/// One thread at a time may ask an explainer.
public struct Explainer {
    private let model: TrainedModel
    private let dataset: Dataset
    private let predictor: Predictor

    /// Prepares a model and the examples to ask it about, on so many threads.
    /// - Throws: `DuetError` of kind `badData` if the dataset does not have what the model takes.
    public init(_ model: TrainedModel, _ dataset: Dataset, threads: Int = Engine.processors) throws {
        try model.architecture.requireFit(dataset)
        self.model = model
        self.dataset = dataset
        predictor = try Predictor(model, threads: threads)
    }

    /// The embeddings of some rows: what the last hidden layers of the head and of each branch give.
    /// - Parameters:
    ///   - rows: rows of the dataset.
    ///   - monitor: told of each batch.
    /// - Returns: the head's embedding, and each branch's.
    /// - Throws: `DuetError` of kind `interrupted` where the monitor cancels.
    public func embeddings(
        _ rows: [Int], monitor: WorkMonitor = .none
    ) throws -> Ablations<Embedding> {
        try predictor.embeddings(of: dataset, rows: rows) {
            try monitor.advance("Reading embeddings", $0, of: rows.count, "examples")
        }
    }

    /// What the model predicts when its modalities contradict each other: the first modality of each row, in the order of the
    /// dataset, with the second of a row of another class, drawn at random.
    /// - Parameters:
    ///   - predictions: the model's predictions for the rows as they are.
    ///   - seed: the random seed of the draw.
    ///   - monitor: told of each batch.
    /// - Returns: nil where all rows are of one class, or the model has not two modalities.
    /// - Throws: `DuetError` of kind `interrupted` where the monitor cancels.
    public func contradiction(
        _ predictions: EvaluatedPredictions, seed: UInt64 = 0, monitor: WorkMonitor = .none
    ) throws -> Contradiction? {
        let modalities = dataset.modalities.filter(model.architecture.modalities.contains).map(\.name)
        let (rows, labels) = (predictions.rows, predictions.labels)
        guard modalities.count == 2, let partners = Contradiction.partners(of: labels, seed: seed) else { return nil }
        let table = try predictor.probabilities(
            of: dataset, mixing: [modalities[0]: rows, modalities[1]: partners.map { rows[$0] }]
        ) { try monitor.advance("Contradicting", $0, of: rows.count, "examples") }
        let alone = zip(modalities, [Array(rows.indices), partners]).map { modality, positions in
            positions.map { position in
                let probabilities = predictions.probabilities(.alone(modality), at: position)
                return (class: probabilities.argmax, confidence: 1 - probabilities.uncertainty)
            }
        }
        return Contradiction(
            modalities, classes: [labels, partners.map { labels[$0] }], predicted: table.classes, alone: alone,
            classCount: model.classNames.count)
    }

    /// What the prediction for one example rests on.
    /// - Parameters:
    ///   - row: the example's row.
    ///   - usual: for each image modality, what a covered pixel shows, one value from 0 to 255 for each, such as
    ///     `usualImages(of:)`. A covered audio value is the mean of the training.
    /// - Returns: a map over each modality, for the class that the model predicts.
    /// - Throws: `DuetError` where the variants cannot be made.
    public func attribution(of row: Int, usual: [String: [Float]]) throws -> Attribution {
        let branches = model.architecture.branches
        let values = try branches.reduce(into: [:]) { values, branch in
            values[branch.modality.name] = try dataset[branch.modality.name].map { try $0[row] }
        }
        let occlusion = Occlusion(of: values, for: model, usual: usual)
        let variants = (0..<occlusion.count).map(occlusion.variant)
        let covered = try Dataset(
            branches.map { branch in
                let values = variants.flatMap { $0[branch.modality.name] ?? [] }
                return try Column(branch.modality, shape: branch.input, values: values)
            }, classNames: model.classNames)
        let table = try predictor.probabilities(of: covered, rows: Array(variants.indices))
        return occlusion.attribution((0..<table.count).map { Array(table[$0]) })
    }

    /// For each image modality, the mean of some rows' images, one value from 0 to 255 for each place.
    /// - Throws: `DuetError` of kind `badData` where a file that holds values was cut short.
    public func usualImages(of rows: [Int]) throws -> [String: [Float]] {
        try dataset.columns.filter { $0.modality.kind == .image }.reduce(into: [:]) { means, column in
            var sums = [Double](repeating: 0, count: column.size)
            for row in rows {
                for (place, value) in try column[row].enumerated() { sums[place] += Double(value) }
            }
            means[column.modality.name] = sums.map { Float($0 / Double(max(rows.count, 1))) }
        }
    }
}
