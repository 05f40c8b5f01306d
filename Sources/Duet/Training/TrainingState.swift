import NeuralNetwork

/// Where a training stands: all that is needed to go on as if it had never stopped.
struct TrainingState: Sendable {
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
        /// The epoch's summed loss over pairs, and its correct ones.
        var lossSum = 0.0
        var correct = 0
        var seen = 0
        /// The epoch's seconds before the last stop.
        var seconds = 0.0
        /// The phase's best validation so far, and the epochs since.
        var bestAccuracy = -1.0
        var bestLoss = Double.infinity
        var epochsSinceBest = 0
    }

    var position = Position()
    var history = TrainingHistory()
    /// The whole model's weights as they are.
    var parameters: Parameters
    /// The weights of the phase's best epoch; the model's initial ones before there is one.
    var best: Parameters
    /// Adam's moments for the phase's network; nil at its start.
    var moments: ParameterStore.Moments?

    /// A fresh start.
    init(_ parameters: Parameters) {
        self.parameters = parameters
        best = parameters
    }

    /// Notes one step's result.
    mutating func record(_ result: StepResult, pairs: Int) {
        position.batch += 1
        position.step += 1
        position.lossSum += result.loss * Double(pairs)
        position.correct += result.correct
        position.seen += pairs
    }

    /// The epoch's mean loss so far.
    var loss: Double { position.lossSum / Double(max(position.seen, 1)) }
    /// The epoch's accuracy so far.
    var accuracy: Double { Double(position.correct) / Double(max(position.seen, 1)) }

    /// Closes the epoch with its validation.
    /// - Returns: whether it was the phase's best: the highest accuracy, and of equal ones the lowest loss.
    mutating func finishEpoch(_ epoch: TrainingHistory.Epoch) -> Bool {
        history.epochs.append(epoch)
        let isBest =
            epoch.validationAccuracy > position.bestAccuracy
            || (epoch.validationAccuracy == position.bestAccuracy && epoch.validationLoss < position.bestLoss)
        position.epoch += 1
        position.epochsSinceBest = isBest ? 0 : position.epochsSinceBest + 1
        if isBest { (position.bestAccuracy, position.bestLoss) = (epoch.validationAccuracy, epoch.validationLoss) }
        (position.batch, position.lossSum, position.correct, position.seen) = (0, 0, 0, 0)
        position.seconds = 0
        return isBest
    }

    /// Closes the phase: its best weights are what the next one starts from.
    mutating func finishPhase() {
        position = Position(phase: position.phase + 1)
        parameters = best
        moments = nil
    }
}
