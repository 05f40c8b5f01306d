import Datasets
import FileFormats
import Foundation
import NeuralNetwork

/// What one phase trains: a network, the output that the loss is taken on, and where its inputs come from.
struct PhaseSetup {
    let network: Network
    let output: String
    let feeder: BatchFeeder
    /// The rows to train on.
    let rows: [Int]
    /// What varies the inputs that are examples, by modality.
    let augmenters: [String: Augmenter]

    init(
        _ phase: TrainingPhase, _ model: FusionModel, _ data: TrainingData, _ parameters: Parameters,
        _ configuration: TrainingConfiguration, augmentationSeed: UInt64
    ) throws {
        let outputs = try model.outputNames()
        let modalityDropout = configuration.modalityDropout
        // Where one modality is trained alone, an example of it counts once, however many others it is paired with.
        rows =
            switch phase {
            case .branch(let name): try data.distinctTrainingRows(of: name)
            case .joint where model.branches.count == 1:
                try data.distinctTrainingRows(of: model.branches[0].modality.name)
            case .joint, .head, .fineTune: data.split.train
            }
        switch phase {
        case .joint, .fineTune:
            network = try model.network(modalityDropout: modalityDropout)
            output = outputs.model
            feeder = .examples(of: data.dataset, data.normalization, model.modalities)
        case .branch(let name):
            guard let index = model.modalities.firstIndex(where: { $0.name == name }) else {
                throw DuetError(.internalFault, "there is no branch '\(name)' to train")
            }
            let branch = model.branches[index]
            network = try model.network(of: branch)
            output = outputs.branches[index]
            feeder = .examples(of: data.dataset, data.normalization, [branch.modality])
            guard let last = branch.layers.last as? Dense, last.activation == .softmax, last.units == model.classCount
            else {
                throw DuetError(
                    .badData,
                    "a staged training needs a '\(name)' branch that ends in Dense with softmax and "
                        + "\(model.classCount) units, to be trained on its own; or train with schedule 'joint'")
            }
        case .head:
            network = try model.headNetwork(modalityDropout: modalityDropout)
            output = outputs.model
            let tables = try Self.branchOutputs(
                of: model, rows: data.split.train + data.split.validation, data, parameters,
                threads: configuration.threads)
            feeder = .tables(Dictionary(uniqueKeysWithValues: zip(outputs.branches, tables)))
        }
        var augmenters: [String: Augmenter] = [:]
        for input in network.inputs {
            guard let settings = configuration.augmentation[input.name], let layout = data.layout(of: input.name)
            else { continue }
            augmenters[input.name] = Augmenter(settings, of: input.name, layout, seed: augmentationSeed)
        }
        self.augmenters = augmenters
    }

    /// What the finished branches give for some rows, in tables as long as the dataset.
    static func branchOutputs(
        of model: FusionModel, rows: [Int], _ data: TrainingData, _ parameters: Parameters, threads: Int
    ) throws -> [Table] {
        let frozen = FrozenParameters(parameters)
        return try zip(model.branches, model.outputNames().branches).map { branch, end in
            let network = try model.network(of: branch)
            let pass = try InferencePass(
                network, outputs: [end], batchSize: 128, parameters: frozen, threads: threads)
            return try pass.table(
                end, width: network.shape(of: end)?.elementCount ?? 0, rows: rows, of: data.dataset.count,
                .examples(of: data.dataset, data.normalization, [branch.modality]))
        }
    }

    /// Mean cross-entropy and accuracy of the output over some rows.
    func measure(_ pass: InferencePass, rows: [Int], labels: [Int]) throws -> (loss: Double, accuracy: Double) {
        var (loss, correct) = (0.0, 0)
        try pass.run(rows, feeder) { row, outputs in
            guard let probabilities = outputs[output] else { return }
            loss -= log(max(Double(probabilities[labels[row]]), 1e-7))
            if probabilities.argmax == labels[row] { correct += 1 }
        }
        return (loss / Double(rows.count), Double(correct) / Double(rows.count))
    }
}
