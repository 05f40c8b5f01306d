import Datasets

/// Is told what happens in a training, and can end it: Keras's callback.
///
/// Each method does nothing unless it is written. What one throws ends the training.
public protocol TrainingObserver: AnyObject {
    /// A phase begins, or goes on after a stop.
    func phaseBegan(_ training: Training) throws
    /// A phase is not trained: its result is taken from the training of another model, with equal settings.
    func phaseWasTaken(from model: String, _ training: Training) throws
    /// A step was taken.
    func batchEnded(_ training: Training) throws
    /// An epoch was trained and validated.
    /// - Parameters:
    ///   - epoch: what it brought.
    ///   - isBest: whether its validation is the best of the phase so far.
    ///   - training: the training.
    /// - Throws: what is to end the training.
    func epochEnded(_ epoch: TrainingHistory.Epoch, isBest: Bool, _ training: Training) throws
    /// All phases are over, and the model is being calibrated.
    /// - Parameters:
    ///   - completed: how many examples were predicted for that so far.
    ///   - total: how many will be, at most.
    ///   - training: the training.
    /// - Throws: what is to end the training.
    func calibrating(_ completed: Int, of total: Int, _ training: Training) throws
    /// The model is trained and calibrated.
    func trainingEnded(_ training: Training) throws
}

extension TrainingObserver {
    /// Nothing.
    public func phaseBegan(_ training: Training) throws {}
    /// Nothing.
    public func phaseWasTaken(from model: String, _ training: Training) throws {}
    /// Nothing.
    public func batchEnded(_ training: Training) throws {}
    /// Nothing.
    public func epochEnded(_ epoch: TrainingHistory.Epoch, isBest: Bool, _ training: Training) throws {}
    /// Nothing.
    public func calibrating(_ completed: Int, of total: Int, _ training: Training) throws {}
    /// Nothing.
    public func trainingEnded(_ training: Training) throws {}
}

/// A training under way, as its observers see it.
public final class Training {
    /// The settings.
    public let configuration: TrainingConfiguration
    /// The data.
    public let data: TrainingData
    /// The network.
    public let model: FusionModel
    /// What is trained at the moment.
    public internal(set) var phase: TrainingPhase
    /// Set by an observer to end the phase after this epoch; the next phase begins.
    public var endsPhase = false
    /// Makes the state as it is at this moment, the running network's weights included.
    var snapshot: () throws -> TrainingState
    var state: TrainingState
    /// What the branches predict, where they were trained before.
    var headInputs: HeadInputs?
    /// Of each validation example whether the phase's epoch that is kept so far is right about it.
    var correctOfKept: [Bool] = []
    /// Fitted when the training is over.
    var calibration: Ablations<ConfidenceCalibration>?
    /// Fitted when the training is over.
    var distances: [String: MahalanobisDistance] = [:]

    init(
        _ configuration: TrainingConfiguration, _ data: TrainingData, _ model: FusionModel, _ phase: TrainingPhase,
        _ state: TrainingState
    ) {
        (self.configuration, self.data, self.model, self.phase, self.state) = (configuration, data, model, phase, state)
        snapshot = { state }
    }

    /// Finished epochs of the phase.
    public var epoch: Int { state.position.epoch }
    /// Examples of the epoch that were trained on so far.
    public var examplesSeen: Int { state.position.seen }
    /// Epochs of the phase, unless it is ended before.
    public internal(set) var epochs = 0
    /// Examples of an epoch.
    public internal(set) var examplesPerEpoch = 0
    /// The epoch's mean loss so far.
    public var loss: Double { state.loss }
    /// The epoch's accuracy so far.
    public var accuracy: Double { state.accuracy }
    /// The epochs of all phases so far.
    public var history: TrainingHistory { state.history }

    /// Whether the phase trains the weights up to the model's own output, so that its epochs are models worth keeping.
    public var completesModel: Bool { phase.branch == nil }

    /// The model with the weights that are kept so far.
    public func keptModel() throws -> TrainedModel {
        try data.trainedModel(model, state.kept, configuration, calibration, distances)
    }
}

/// Ends a phase once its validation has not improved for some epochs.
public final class EarlyStopping: TrainingObserver {
    private let patience: Int

    /// - Parameter patience: epochs without a better validation after which a phase ends; at least 1.
    public init(patience: Int) {
        self.patience = patience
    }

    /// Ends at once a phase that was over when the training was stopped.
    public func phaseBegan(_ training: Training) { endPhaseWhereDue(training) }

    /// Ends the phase where it is time.
    public func epochEnded(_ epoch: TrainingHistory.Epoch, isBest: Bool, _ training: Training) {
        endPhaseWhereDue(training)
    }

    private func endPhaseWhereDue(_ training: Training) {
        if training.history.epochsSinceBest(of: training.phase) >= patience { training.endsPhase = true }
    }
}
