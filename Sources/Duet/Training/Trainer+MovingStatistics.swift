import Datasets
import NeuralNetwork

extension Trainer {
    /// Batches that moving statistics are the mean of, where they have not settled by themselves. The mean of so many is as close as
    /// the moving average of a momentum of 0.99.
    private static let averagedBatches = 64

    /// Makes the moving statistics of batch normalizations those of the weights as they are, after an epoch in which they cannot have
    /// settled. A small dataset has not the hundreds of steps that it takes, and without this its model would predict worse than
    /// it has learned.
    func averageStatistics(
        _ training: Training, _ setup: PhaseSetup, _ order: BatchOrder, program: (_ batchSize: Int) throws -> Program
    ) throws {
        let position = training.state.position
        guard position.step < setup.network.settlingSteps else { return }
        let all = order.batches(epoch: position.epoch)
        // The last batch may be smaller, and its statistics less certain.
        let batches = all.filter { $0.count == all[0].count }.prefix(Self.averagedBatches)
        let program = try program(batches[0].count)
        try program.averageStatistics(batches: batches.count, step: position.step + 1, seed: order.seed) {
            try fill(program, setup, with: batches[$0], epoch: position.epoch)
        }
    }
}
