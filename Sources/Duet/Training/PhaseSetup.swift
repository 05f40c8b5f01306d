import Datasets
import FileFormats
import Foundation
import NeuralNetwork

/// What one phase trains: a network, the output that the loss is taken on, and where its inputs come from.
struct PhaseSetup {
    let network: Network
    let output: String
    /// Other outputs that a loss is taken on, and its factor.
    private(set) var auxiliaryLosses: [String: Float] = [:]
    /// Whether the loss of the output itself is trained on. That of an ensemble is not: each of its networks has a loss of its own.
    private(set) var trainsOutput = true
    let feeder: BatchFeeder
    /// The rows to train on.
    let rows: [Int]
    /// The rows of background examples, of which some are drawn for each epoch, and how many; none in most phases.
    private var background: (rows: Range<Int>, count: Int) = (0..<0, 0)
    /// What fills the inputs that are features of augmented recordings, by modality.
    let recordingFeeders: [String: RecordingFeeder]
    /// What varies the inputs that are examples, by modality.
    let augmenters: [String: Augmenter]

    init(
        _ phase: TrainingPhase, _ model: FusionModel, _ data: TrainingData, _ state: TrainingState,
        _ configuration: TrainingConfiguration, _ crossFitting: CrossFitting, branchOutputs: [Table]? = nil,
        augmentationSeed: UInt64
    ) throws {
        // The one modality that is trained alone, in which an example counts once, however many others it is paired with.
        let single: Modality? =
            switch phase {
            case .branch(let name), .fold(let name, _): model.modalities.first { $0.name == name }
            case .joint: model.modalities.count == 1 ? model.modalities[0] : nil
            case .head, .fineTune: nil
            }
        let outputs = try model.outputNames()
        let modalityDropout = configuration.modalityDropout
        let training =
            if case .fold(_, let fold) = phase {
                try crossFitting.trainingRows(except: fold)
            } else {
                data.split.train
            }
        rows = try single.map { try data.distinctRows(of: $0.name, among: training) } ?? training
        if let single, let examples = data.background[single.name], configuration.background > 0 {
            background.rows = data.dataset.count..<(data.dataset.count + examples.count)
            background.count = max(1, Int((Float(rows.count) * configuration.background).rounded()))
        }
        switch phase {
        case .joint, .fineTune:
            network = try model.network(modalityDropout: modalityDropout)
            output = outputs.model
            feeder = .examples(of: model.modalities.compactMap(data.column), data.normalization)
            if configuration.branchLossWeight > 0, model.branches.count > 1 {
                for branch in model.branches {
                    try branch.requireProbabilities(of: model.classCount, for: "branch_loss_weight")
                    for end in branch.outputNames(in: network) {
                        auxiliaryLosses[end] = configuration.branchLossWeight
                    }
                }
            }
        case .branch(let name), .fold(let name, _):
            guard let index = model.modalities.firstIndex(where: { $0.name == name }) else {
                throw DuetError(.internalFault, "there is no branch '\(name)' to train")
            }
            let branch = model.branches[index]
            network = try model.network(of: branch)
            output = outputs.branches[index]
            feeder = .examples(of: [branch.modality].compactMap(data.column), data.normalization)
            try branch.requireProbabilities(of: model.classCount, for: "a staged training")
        case .head:
            network = try model.headNetwork(modalityDropout: modalityDropout)
            output = outputs.model
            let tables =
                try branchOutputs
                ?? model.branches.indices.map {
                    try Self.headInput(
                        outputs.fused[$0], of: model.branches[$0], model, data, state, crossFitting,
                        threads: configuration.threads)
                }
            feeder = .tables(Dictionary(uniqueKeysWithValues: zip(outputs.fused, tables)))
        }
        if let branch = model.branches.first(where: { $0.modality == single }), branch.isEnsemble {
            trainsOutput = false
            for end in branch.outputNames(in: network) { auxiliaryLosses[end] = 1 }
        }
        var augmenters: [String: Augmenter] = [:]
        var recordingFeeders: [String: RecordingFeeder] = [:]
        for input in network.inputs {
            guard let settings = configuration.augmentation[input.name], let layout = data.layout(of: input.name)
            else { continue }
            augmenters[input.name] = Augmenter(settings, of: input.name, layout, seed: augmentationSeed)
            guard settings.variesWaveforms, let recordings = data.recordings(of: input.name) else { continue }
            recordingFeeders[input.name] = try RecordingFeeder(
                settings.waveform, of: input.name, recordings, data.normalization, rows: rows, seed: augmentationSeed,
                threads: configuration.threads)
        }
        (self.augmenters, self.recordingFeeders) = (augmenters, recordingFeeders)
    }

    /// In which order the examples are seen, background examples among them.
    func order(batchSize: Int, seed: UInt64) -> BatchOrder {
        BatchOrder(
            indices: rows, background: background.rows, backgroundCount: background.count, batchSize: batchSize,
            seed: seed)
    }

    /// What the head reads of a branch, in a table as long as the dataset: of each fold of the training examples what the branch predicts that
    /// has not seen it, where there are folds, and of all others what the finished branch predicts.
    /// - Parameters:
    ///   - name: the node that it reads.
    ///   - branch: the branch.
    ///   - model: the model.
    ///   - data: the examples.
    ///   - state: with the weights of the branch and of its folds.
    ///   - crossFitting: the folds.
    ///   - threads: how many compute.
    /// - Returns: the table.
    /// - Throws: `DuetError` where a file that holds values was cut short.
    static func headInput(
        _ name: String, of branch: Branch, _ model: FusionModel, _ data: TrainingData, _ state: TrainingState,
        _ crossFitting: CrossFitting, threads: Int
    ) throws -> Table {
        let rows = data.split.train + data.split.validation
        return try outputs(
            name, of: branch, model, rows: rows, folds: crossFitting.training(), data, state, threads: threads)
    }

    /// What a branch gives for some rows, in a table as long as the dataset: for those of a fold what the branch gives that was trained on the
    /// others, and for the rest what the finished branch gives.
    /// - Parameters:
    ///   - name: the node whose output is wanted.
    ///   - branch: the branch.
    ///   - model: the model.
    ///   - rows: which rows.
    ///   - folds: the rows of each fold; without effect where the branch was not trained on folds.
    ///   - data: where the rows are.
    ///   - state: with the weights of the branch and of its folds.
    ///   - threads: how many compute.
    /// - Returns: the table.
    /// - Throws: `DuetError` where a file that holds values was cut short.
    static func outputs(
        _ name: String, of branch: Branch, _ model: FusionModel, rows: [Int], folds: [[Int]], _ data: TrainingData,
        _ state: TrainingState, threads: Int
    ) throws -> Table {
        let alone = FusionModel(model.name, branches: [branch])
        func outputs(_ rows: [Int], _ parameters: Parameters) throws -> Table {
            try Self.outputs([name], of: alone, rows: rows, data, parameters, threads: threads)[0]
        }
        let unseen = folds.enumerated().compactMap { fold, rows in
            state.folds[.fold(branch.modality.name, fold + 1)].map { (rows: rows, weights: $0) }
        }
        let isOfFold = Set(unseen.flatMap(\.rows))
        var table = try outputs(rows.filter { !isOfFold.contains($0) }, state.parameters)
        for fold in unseen {
            let values = try outputs(fold.rows, fold.weights)
            for row in fold.rows { table[row] = values[row] }
        }
        return table
    }

    /// What branches give for some rows, in tables as long as the dataset.
    /// - Parameters:
    ///   - names: the node of each branch whose output is wanted.
    ///   - model: the model.
    ///   - rows: which rows.
    ///   - data: where they are.
    ///   - parameters: the branches' weights.
    ///   - threads: how many compute.
    /// - Returns: a table for each branch.
    /// - Throws: `DuetError` where a file that holds values was cut short.
    static func outputs(
        _ names: [String], of model: FusionModel, rows: [Int], _ data: TrainingData, _ parameters: Parameters,
        threads: Int
    ) throws -> [Table] {
        let frozen = FrozenParameters(parameters)
        return try zip(model.branches, names).map { branch, end in
            let network = try model.network(of: branch)
            let pass = try InferencePass(
                network, outputs: [end], batchSize: 128, parameters: frozen, threads: threads)
            return try pass.table(
                end, width: network.shape(of: end)?.elementCount ?? 0, rows: rows, of: data.dataset.count,
                .examples(of: data.dataset, data.normalization, [branch.modality]))
        }
    }

    /// Mean cross-entropy of the output over some rows, and which of them it is right about.
    func measure(_ pass: InferencePass, rows: [Int], labels: [Int]) throws -> Measured {
        var (loss, correct) = (0.0, [Bool]())
        correct.reserveCapacity(rows.count)
        try pass.run(rows, feeder) { row, outputs in
            guard let probabilities = outputs[output] else { return }
            loss -= log(max(Double(probabilities[labels[row]]), 1e-7))
            correct.append(probabilities.argmax == labels[row])
        }
        return Measured(loss: loss / Double(rows.count), correct: correct)
    }

    /// How good predictions are.
    struct Measured {
        /// The mean cross-entropy.
        let loss: Double
        /// Of each row whether the prediction is right.
        let correct: [Bool]

        var accuracy: Double { Double(correct.count { $0 }) / Double(max(correct.count, 1)) }
    }
}

extension Branch {
    /// Checks that the branch can be trained on the labels by itself.
    /// - Parameters:
    ///   - classes: how many there are.
    ///   - need: what needs it, for the message.
    /// - Throws: `DuetError` of kind `badData` where it cannot.
    fileprivate func requireProbabilities(of classes: Int, for need: String) throws {
        let isTrainable = networks.allSatisfy { layers in
            guard let last = layers.last as? Dense else { return false }
            return last.activation == .softmax && last.units == classes
        }
        guard isTrainable else {
            throw DuetError(
                .badData,
                "\(need) needs a '\(modality)' branch that ends in Dense with softmax and \(classes) units, to be trained on its "
                    + "own; or train with schedule 'joint' and branch_loss_weight 0")
        }
    }
}
