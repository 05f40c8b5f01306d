import Datasets
import FileFormats
import NeuralNetwork

/// The parts of a staged training one by one, so that a search trains each branch once and each head on branches that are there
/// already. Each leaves the same bits as in `train(observers:)`.
extension Trainer {
    /// What a branch predicts after its training.
    package struct BranchOutputs: Sendable, Equatable {
        /// Of each of `TrainingData.partRows` the probability of each class, [row × class]: of a training example what the branch predicted that had
        /// not seen it, where the training is cross-fitted.
        package let values: [Float]
        /// The branch's epoch that was kept.
        package let kept: TrainingHistory.Epoch
    }

    /// How good a fusion with its head is after its training.
    package struct HeadOutcome: Sendable, Equatable {
        /// The mean cross-entropy on the validation examples.
        package let validationLoss: Double
        /// Of each validation example, in the order of the split, whether it is predicted right.
        package let correct: [Bool]

        /// The accuracy on the validation examples.
        package var validationAccuracy: Double { Double(correct.count { $0 }) / Double(max(correct.count, 1)) }
    }

    /// Trains one branch alone, and its folds where the training is cross-fitted.
    /// - Parameters:
    ///   - modality: whose branch.
    ///   - observers: are told what happens, in this order.
    /// - Returns: what it predicts.
    /// - Throws: as `train(observers:)` does.
    package func trainBranch(
        of modality: String, observers: [any TrainingObserver] = []
    ) throws -> BranchOutputs {
        guard configuration.schedule == .staged, let place = model.modalities.firstIndex(where: { $0.name == modality })
        else { throw DuetError(.internalFault, "there is no branch '\(modality)' to train alone") }
        let branch = model.branches[place]
        let training = Training(
            configuration, data, model, .branch(modality), initialState(of: try model.network(of: branch)))
        for (index, phase) in phases.enumerated() where phase.branch == modality {
            training.state.position.phase = index
            try run(phase, training, observers)
        }
        let table = try PhaseSetup.headInput(
            model.outputNames().branches[place], of: branch, model, data, training.state, crossFitting,
            threads: configuration.threads)
        guard let kept = training.history.keptEpoch(of: .branch(modality), configuration.keep) else {
            throw DuetError(.internalFault, "the branch '\(modality)' was trained for no epoch")
        }
        return BranchOutputs(values: data.partRows.flatMap { table[$0] }, kept: kept)
    }

    /// Fits the fusion and trains the head on what branches predict.
    /// - Parameters:
    ///   - inputs: what the branches predict.
    ///   - observers: are told what happens, in this order.
    /// - Returns: how good they are together.
    /// - Throws: as `train(observers:)` does.
    package func trainHead(
        on inputs: HeadInputs, observers: [any TrainingObserver] = []
    ) throws -> HeadOutcome {
        let network = try model.headNetwork()
        let training = Training(configuration, data, model, .head, initialState(of: network))
        training.headInputs = inputs
        if let index = phases.firstIndex(of: .head) {
            training.state.position.phase = index
            try run(.head, training, observers)
            guard let kept = training.history.keptEpoch(of: .head, configuration.keep) else {
                throw DuetError(.internalFault, "the head was trained for no epoch")
            }
            return HeadOutcome(validationLoss: kept.validationLoss, correct: training.correctOfKept)
        }
        training.state.take(try fittedWeights(training))
        let setup = try setup(.head, training.state, branchOutputs: inputs.tables)
        let pass = try InferencePass(
            network, outputs: [setup.output], batchSize: 128, parameters: FrozenParameters(training.state.kept),
            threads: configuration.threads)
        let measured = try setup.measure(pass, rows: data.split.validation, labels: data.labels)
        return HeadOutcome(validationLoss: measured.loss, correct: measured.correct)
    }
}

/// What the branches of a model predict, as its heads are trained on it.
package final class HeadInputs {
    /// In tables as long as the dataset.
    let tables: [Table]
    /// The weights that each fusion has fitted to it, by the fusion's name: they are the same for each head.
    var fitted: [String: Parameters] = [:]

    /// - Parameters:
    ///   - outputs: of each branch, as `Trainer.trainBranch(of:observers:)` gives them.
    ///   - data: what they are for.
    package init(_ outputs: [[Float]], _ data: TrainingData) {
        let rows = data.partRows
        tables = outputs.map { values in
            let width = values.count / max(rows.count, 1)
            var table = Table(width: width, rows: data.dataset.count)
            for (position, row) in rows.enumerated() {
                table[row] = values[(position * width)..<((position + 1) * width)]
            }
            return table
        }
    }
}

extension TrainingData {
    /// The rows that a branch's outputs are for: the training examples, then the validation examples.
    package var partRows: [Int] { split.train + split.validation }
}
