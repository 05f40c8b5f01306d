import NeuralNetwork

/// Where a training stands: all that is needed to go on as if it had never stopped.
package struct TrainingState: Sendable {
    /// The counters, small enough to read in a checkpoint's header.
    struct Position: Codable, Equatable, Sendable {
        /// Which of the schedule's phases is under way.
        var phase = 0
        /// Finished epochs of the phase.
        var epoch = 0
        /// Finished batches of the epoch.
        var batch = 0
        /// Finished steps of the phase.
        var step = 0
        /// The epoch's summed loss over examples, and its correct ones.
        var lossSum = 0.0
        var correct = 0
        var seen = 0
        /// How many of those seen are background examples; nil for none, as in checkpoints of earlier versions.
        var background: Int?
        /// The epoch's seconds before the last stop.
        var seconds = 0.0
    }

    var position = Position()
    var history = TrainingHistory()
    /// The whole model's weights as they are.
    var parameters: Parameters
    /// The weights of the phase's epoch that is kept so far; those that it began with before there is one.
    var kept: Parameters
    /// The branches that were trained on all folds but one, by phase.
    var folds: [TrainingPhase: Parameters] = [:]
    /// Adam's moments for the phase's network; nil at its start.
    var moments: ParameterStore.Moments?

    /// A fresh start.
    init(_ parameters: Parameters) {
        self.parameters = parameters
        kept = parameters
    }

    /// Notes one step's result.
    mutating func record(_ result: StepResult, examples: Int, ofClasses: Int) {
        position.batch += 1
        position.step += 1
        position.lossSum += result.loss * Double(examples)
        position.correct += result.correct
        position.seen += examples
        if ofClasses < examples { position.background = (position.background ?? 0) + examples - ofClasses }
    }

    /// The epoch's mean loss so far.
    var loss: Double { position.lossSum / Double(max(position.seen, 1)) }
    /// The epoch's accuracy so far, on the examples of classes.
    var accuracy: Double {
        Double(position.correct) / Double(max(position.seen - (position.background ?? 0), 1))
    }

    /// Closes the epoch with its validation.
    /// - Returns: whether it is the phase's best so far.
    mutating func finishEpoch(_ epoch: TrainingHistory.Epoch) -> Bool {
        history.epochs.append(epoch)
        position.epoch += 1
        (position.batch, position.lossSum, position.correct, position.seen) = (0, 0, 0, 0)
        (position.background, position.seconds) = (nil, 0)
        return history.epochsSinceBest(of: epoch.phase) == 0
    }

    /// Whether nothing of the phase has happened yet.
    var isAtStartOfPhase: Bool { position == Position(phase: position.phase) }

    /// Closes the phase: the weights that are kept are what the next one starts from.
    mutating func finishPhase() {
        position = Position(phase: position.phase + 1)
        parameters = kept
        moments = nil
    }

    /// Takes weights from elsewhere: initial ones, or those that were fitted.
    mutating func take(_ others: Parameters) {
        parameters = parameters.replacing(with: others)
        kept = kept.replacing(with: others)
    }

    /// Takes what an equal phase of another training has left.
    mutating func take(_ outcome: SharedBranches.Outcome) {
        take(outcome.weights)
        history.epochs += outcome.epochs
    }
}
