import Datasets
import FileFormats
import NeuralNetwork

/// Runs a trained model over many examples: what it predicts from all modalities, and from each of them alone.
///
/// A modality that is absent gives what the fusion says (`Fusion.absentOutput`) in place of what it reads of the branch. Nothing
/// else is known of it. Where one alone is present and its branch was trained on the labels, the branch's own output is the
/// prediction. The probabilities are calibrated where the model has a calibration.
///
/// What a branch predicts for an example counts less, the further its embedding is from those of the training examples
/// (`DistanceTemperature`).
final class Predictor {
    let model: TrainedModel
    let outputs: (branches: [String], fused: [String], model: String)
    /// The embedding's node of each branch, and how far it is from the training's; none where that is not known, or not needed.
    let distances: [(embedding: String, distance: MahalanobisDistance)]
    let batchSize: Int
    let threads: Int
    let parameters: FrozenParameters
    let network: Network
    private let whole: InferencePass
    /// The head alone, which only predictions without some modality need.
    private var headAlone: InferencePass?

    /// - Parameters:
    ///   - model: what predicts.
    ///   - scores: whether out-of-distribution scores will be asked for.
    ///   - batchSize: how many examples are computed at once.
    ///   - threads: how many compute.
    ///   - shared: the model's weights, where other predictors have them too.
    /// - Throws: `DuetError` of kind `badData` where the model's distances are not of its embeddings.
    init(
        _ model: TrainedModel, scores: Bool = false, batchSize: Int = 128, threads: Int,
        parameters shared: FrozenParameters? = nil
    ) throws {
        self.model = model
        self.batchSize = batchSize
        self.threads = threads
        parameters = shared ?? FrozenParameters(model.parameters)
        network = try model.architecture.network()
        outputs = model.architecture.outputNames(in: network)
        let embeddings = model.architecture.embeddingNames(in: network)
        for (modality, distance) in model.embeddingDistances {
            let width = network.shape(of: embeddings.ofBranch(modality))?.reduce(1, *) ?? 0
            guard distance.width == min(width, MahalanobisDistance.mostWidth) else {
                throw DuetError(
                    .badData, "the model's distances of '\(modality)' are not for embeddings of \(width) values")
            }
        }
        distances =
            model.softensBranches || scores
            ? model.architecture.modalities.compactMap { modality in
                model.embeddingDistances[modality.name].map { (embeddings.ofBranch(modality.name), $0) }
            } : []
        whole = try InferencePass(
            network,
            outputs: Set([outputs.model] + outputs.branches + outputs.fused + distances.map(\.embedding)).sorted(),
            batchSize: batchSize, parameters: parameters, threads: threads)
    }

    /// The probabilities for some rows of a dataset from all modalities. `advance` is called after each batch with the number of
    /// rows done.
    func probabilities(
        of dataset: Dataset, rows: [Int], advance: (Int) throws -> Void = { _ in }
    ) throws -> Table {
        let feeder = BatchFeeder.examples(of: dataset, model.normalization, model.architecture.modalities)
        var table = try run(rows, feeder, advance).model
        table.calibrate(by: model.calibration(of: .all))
        return table
    }

    /// The probabilities for examples whose modalities are not each other's: each modality is that of another row.
    /// - Parameters:
    ///   - dataset: where the rows are.
    ///   - rows: the row of each modality, by its name; as many for each.
    ///   - advance: called after each batch with the number of examples done.
    /// - Returns: a row of probabilities for each example.
    /// - Throws: what `advance` throws.
    func probabilities(
        of dataset: Dataset, mixing rows: [String: [Int]], advance: (Int) throws -> Void = { _ in }
    ) throws -> Table {
        let normalization = model.normalization
        let feeder = BatchFeeder(
            inputs: rows.reduce(into: [:]) { inputs, entry in
                guard let column = dataset[entry.key] else { return }
                inputs[entry.key] = { batch, target in
                    try normalization.gather(batch.map { entry.value[$0] }, of: column, into: target)
                }
            })
        var table = try run(Array(0..<(rows.values.first?.count ?? 0)), feeder, advance).model
        table.calibrate(by: model.calibration(of: .all))
        return table
    }

    /// The probabilities for some rows of a dataset from all modalities and from each alone, clean or with noise, and how far these
    /// examples are from those of the training.
    /// - Parameters:
    ///   - dataset: where the rows are.
    ///   - rows: which rows.
    ///   - noise: what is added to one modality.
    ///   - absent: whether a modality is absent in the i-th of the rows; then "all" are those that are left.
    ///   - advance: called after each batch with the number of rows done.
    /// - Returns: tables with a row of probabilities for each of the rows, and its out-of-distribution score; none where the model has no
    ///   distances, or the predictor needs none.
    /// - Throws: what `advance` throws.
    func predictions(
        of dataset: Dataset, rows: [Int], with noise: Noise? = nil,
        absent: ((_ modality: String, _ position: Int) -> Bool)? = nil, advance: (Int) throws -> Void = { _ in }
    ) throws -> (probabilities: Ablations<Table>, scores: Ablations<[Float]>?) {
        var feeder = BatchFeeder.examples(of: dataset, model.normalization, model.architecture.modalities)
        if let noise, let column = dataset[noise.modality.name] { feeder = feeder.adding(noise, size: column.size) }
        let given = try run(rows, feeder, advance)
        let scores = outOfDistributionScores(given.squaredDistances, absent: absent)
        var (all, ends) = (given.model, given.fused)
        let modalities = model.architecture.modalities.map(\.name)
        guard modalities.count > 1 else {
            all.calibrate(by: model.calibration(of: .all))
            return (Ablations(all: all, alone: []), scores)
        }
        let absentEnds = ends.map { absentOutput(like: $0) }
        var alone = try modalities.indices.map { kept in
            if model.branchesPredict { return given.branches[kept] }
            return try runHead(ends.indices.map { $0 == kept ? ends[$0] : absentEnds[$0] }, rows: Array(rows.indices))
        }
        if let absent {
            for (index, modality) in modalities.enumerated() {
                for position in rows.indices where absent(modality, position) {
                    ends[index][position] = absentEnds[index][position]
                }
            }
            all = try runHead(ends, rows: Array(rows.indices))
            for position in rows.indices {
                let present = modalities.indices.filter { !absent(modalities[$0], position) }
                if present.count == 1 { all[position] = alone[present[0]][position] }
            }
        }
        for (index, modality) in modalities.enumerated() {
            alone[index].calibrate(by: model.calibration(of: .alone(modality)))
        }
        if let absent {
            for position in rows.indices {
                var row = Array(all[position])
                model.calibration(ofPresent: modalities.filter { !absent($0, position) })?
                    .calibrate(&row, width: all.width)
                all[position] = row[...]
            }
        } else {
            all.calibrate(by: model.calibration(of: .all))
        }
        return (Ablations(all: all, alone: Array(zip(modalities, alone))), scores)
    }

    /// The embeddings of some rows: what the last hidden layers of the head and of each branch give.
    func embeddings(
        of dataset: Dataset, rows: [Int], advance: (Int) throws -> Void = { _ in }
    ) throws -> Ablations<Embedding> {
        let names = model.architecture.embeddingNames(in: network)
        let wanted = Set(names.entries.map(\.value)).sorted()
        let pass = try InferencePass(
            network, outputs: wanted, batchSize: batchSize, parameters: parameters, threads: threads)
        var values = [String: [Float]]()
        let feeder = BatchFeeder.examples(of: dataset, model.normalization, model.architecture.modalities)
        try pass.run(rows, feeder, advance: advance) { _, outputs in
            for name in wanted { values[name, default: []] += outputs[name] ?? .init(start: nil, count: 0) }
        }
        return names.map {
            Embedding(layer: $0, width: network.shape(of: $0)?.elementCount ?? 0, values: values[$0] ?? [])
        }
    }

    /// The outputs of the model and of each branch for some rows, what the fusion reads of each branch, and how far the embedding of each
    /// branch with distances is.
    private func run(
        _ rows: [Int], _ feeder: BatchFeeder, _ advance: (Int) throws -> Void
    ) throws -> (model: Table, branches: [Table], fused: [Table], squaredDistances: [[Float]]) {
        let names = Set([outputs.model] + outputs.branches + outputs.fused)
        var tables = names.reduce(into: [:]) {
            $0[$1] = Table(width: network.shape(of: $1)?.elementCount ?? 0, rows: rows.count)
        }
        var squaredDistances = distances.map { _ in [Float](repeating: 0, count: rows.count) }
        var place = 0
        try whole.run(rows, feeder, advance: advance) { _, outputs in
            for name in names {
                tables[name]?[place] = ArraySlice(outputs[name] ?? UnsafeBufferPointer(start: nil, count: 0))
            }
            for (index, (embedding, distance)) in distances.enumerated() {
                guard let values = outputs[embedding] else { continue }
                squaredDistances[index][place] = distance.squaredDistance(of: values)
            }
            place += 1
        }
        if model.softensBranches {
            try soften(
                &tables, zip(distances, squaredDistances).map { $1.map($0.distance.temperature.callAsFunction) })
        }
        func table(_ name: String) -> Table { tables[name] ?? Table(width: 0, rows: 0) }
        return (table(outputs.model), outputs.branches.map(table), outputs.fused.map(table), squaredDistances)
    }

    /// Divides the logarithms of what branches predict by temperatures, and runs the head again where one is above 1.
    private func soften(_ tables: inout [String: Table], _ temperatures: [[Float]]) throws {
        var softened: Set<Int> = []
        for (branch, temperatures) in zip(outputs.branches, temperatures) {
            for (position, temperature) in temperatures.enumerated() where temperature > 1 {
                tables[branch]?.temper(position, by: temperature)
                softened.insert(position)
            }
        }
        guard model.architecture.branches.count > 1, model.architecture.fusion.reads == .output, !softened.isEmpty
        else { return }
        let rows = softened.sorted()
        let fused = outputs.fused.compactMap { tables[$0] }
        let predictions = try runHead(fused, rows: rows)
        for row in rows { tables[outputs.model]?[row] = predictions[row] }
    }

    private func absentOutput(like table: Table) -> Table {
        table.filled(with: model.architecture.fusion.absentOutput(width: table.width))
    }

    /// The head's output for what the fusion reads of the branches, or what stands in for it.
    private func runHead(_ ends: [Table], rows: [Int]) throws -> Table {
        let head =
            try headAlone
            ?? InferencePass(
                model.architecture.headNetwork(), outputs: [outputs.model], batchSize: batchSize,
                parameters: parameters,
                threads: threads)
        headAlone = head
        return try head.table(
            outputs.model, width: model.classNames.count, rows: rows, of: ends.first?.count ?? 0,
            .tables(Dictionary(uniqueKeysWithValues: zip(outputs.fused, ends))))
    }
}

/// What a network's last hidden layer gives for each of some examples, which the layer behind it only has to divide into classes.
public struct Embedding: Codable, Sendable, Equatable {
    /// The layer's name in the network, such as `image.batch_normalization_3`.
    public let layer: String
    /// Values per example.
    public let width: Int
    /// The values, [example × width].
    public let values: [Float]
}
