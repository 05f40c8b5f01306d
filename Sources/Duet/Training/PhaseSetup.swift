import Datasets
import FileFormats
import Foundation
import NeuralNetwork

/// What one phase trains: a network, the output that the loss is taken on, and where its inputs come from.
struct PhaseSetup {
    let network: Network
    let output: String
    let feeder: BatchFeeder

    init(
        _ phase: TrainingPhase, _ model: FusionModel, _ data: TrainingData, _ parameters: Parameters,
        modalityDropout: Float, threads: Int
    ) throws {
        let outputs = try model.outputNames()
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
            feeder = .tables(try Self.branchOutputs(of: model, outputs.branches, data, parameters, threads))
        }
    }

    /// What the finished branches give for each example. They no longer change, so it is computed once.
    private static func branchOutputs(
        of model: FusionModel, _ ends: [String], _ data: TrainingData, _ parameters: Parameters, _ threads: Int
    ) throws -> [String: Table] {
        let rows = data.split.train + data.split.validation
        let frozen = FrozenParameters(parameters)
        var tables: [String: Table] = [:]
        for (branch, end) in zip(model.branches, ends) {
            let network = try model.network(of: branch)
            let pass = try InferencePass(
                network, outputs: [end], batchSize: 128, parameters: frozen, threads: threads)
            tables[end] = try pass.table(
                end, width: network.shape(of: end)?.elementCount ?? 0, rows: rows, of: data.dataset.count,
                .examples(of: data.dataset, data.normalization, [branch.modality]))
        }
        return tables
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
