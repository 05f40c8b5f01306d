import Datasets
import FileFormats
package import NeuralNetwork

/// One phase of a training, taken apart.
package struct PhaseProfile: Encodable, Sendable {
    /// The phase.
    package let phase: TrainingPhase
    /// Where the time of its steps goes.
    package let step: StepProfile
}

extension Trainer {
    /// Steps that are taken before the clock counts: caches, branch predictors and the processor's clock settle.
    private static let warmUpSteps = 5

    /// Trains a few steps of each phase on the data, and times each operation. Nothing is written, and the run folder
    /// need not be there.
    ///
    /// Each phase starts from the initial weights; time does not depend on their values.
    /// - Parameters:
    ///   - steps: the steps that are timed, after a few that are not; at least 1.
    ///   - check: is called between steps and operations; what it throws ends the measurement.
    /// - Returns: one profile for each phase of the schedule.
    /// - Throws: `DuetError` of kind `badData` if the loss is no longer finite.
    package func profile(steps: Int, check: () throws -> Void = {}) throws -> [PhaseProfile] {
        let initial = try initialState()
        // The folds' steps are those of their branch.
        return try phases.filter { !$0.isFold }.map { phase in
            let setup = try setup(phase, initial)
            let settings = configuration.settings(of: phase, model: model)
            let batchSize = min(settings.batchSize, setup.rows.count)
            let order = setup.order(batchSize: batchSize, seed: configuration.seed)
            let program = try Program(
                setup.network, outputs: [setup.output], batchSize: batchSize, mode: .training,
                precision: configuration.precision.orFloat32, auxiliaryLosses: setup.auxiliaryLosses,
                trainsOutput: setup.trainsOutput, store: ParameterStore(initial.parameters, for: setup.network),
                threads: configuration.threads)
            // The last batch of an epoch may be smaller, and another program's.
            let batches = order.batches(epoch: 0).filter { $0.count == batchSize }

            // The profiler's clock runs over a closure that cannot throw.
            var failure: (any Error)?
            func gather(_ rows: ArraySlice<Int>) {
                do { try fill(program, setup, with: rows, epoch: 0) } catch { failure = error }
            }
            let profiler = StepProfiler(program, warmUp: Self.warmUpSteps)
            let adam = Adam(learningRate: settings.learningRate)
            for step in 1...(Self.warmUpSteps + steps) {
                try check()
                let rows = batches[step % batches.count]
                let result = profiler.step(adam, step: step, seed: order.seed) { gather(rows) }
                if let failure { throw failure }
                guard result.loss.isFinite else {
                    throw DuetError(
                        .badData,
                        "the training diverged: the loss is \(result.loss) in step \(step). Try a lower learning rate "
                            + "than \(settings.learningRate), and look for odd values with `duet data info`")
                }
            }
            let profile = try profiler.profile(gather: { gather(batches[0]) }, check: check)
            return PhaseProfile(phase: phase, step: profile)
        }
    }
}
