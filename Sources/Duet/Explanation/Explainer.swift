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
        let originals = try branches.map { branch in try dataset[branch.modality.name].map { try $0[row] } ?? [] }
        // The example itself first, then each modality's patches, one covered in each variant.
        var variants = originals
        var grids: [(grid: OcclusionGrid, patches: Range<Int>)] = []
        var count = 1
        for (index, branch) in branches.enumerated() {
            let (grid, channels, covering) = occlusion(of: branch, usual: usual[branch.modality.name])
            let patches = grid.patches
            for patch in patches {
                for other in branches.indices {
                    var values = originals[other]
                    if other == index {
                        for place in patch.flatMap({ ($0 * channels)..<(($0 + 1) * channels) }) {
                            values[place] = covering[place]
                        }
                    }
                    variants[other] += values
                }
            }
            grids.append((grid, count..<(count + patches.count)))
            count += patches.count
        }
        let covered = try Dataset(
            zip(branches, variants).map { try Column($0.modality, shape: $0.input, values: $1) },
            classNames: model.classNames)
        let table = try predictor.probabilities(of: covered, rows: Array(0..<count))
        let predicted = table[0].argmax
        let probabilities = (0..<count).map { Array(table[$0])[predicted] }
        return Attribution(
            classIndex: predicted,
            maps: zip(branches, grids).map { branch, entry in
                .init(
                    modality: branch.modality.name, height: entry.grid.height, width: entry.grid.width,
                    values: entry.grid.spread(entry.patches.map { probabilities[0] - probabilities[$0] }))
            })
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

    /// The patches of a modality, the values of each of their places, and what covers them.
    private func occlusion(of branch: Branch, usual: [Float]?) -> (OcclusionGrid, channels: Int, covering: [Float]) {
        let size = branch.input.elementCount
        switch branch.modality.kind {
        case .image:
            let grid = OcclusionGrid(height: branch.input[0], width: branch.input[1])
            return (
                grid, size / (grid.height * grid.width), usual ?? [Float](repeating: 0, count: size)
            )
        case .audio:
            let layout = model.audioLayout(of: branch)
            var covering = [Float](repeating: 0, count: size)
            if case .standardization(let mean, _)? = model.normalization.rules[branch.modality.name] { covering = mean }
            return (OcclusionGrid(height: layout.frames, width: layout.values), 1, covering)
        }
    }
}
