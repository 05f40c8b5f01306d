import Foundation
import NeuralNetwork
import PairedData

/// Trains a model into a run folder: phase by phase, epoch by epoch, keeping the best validation epoch.
///
/// Equal settings and data give equal bits on equal machines, also when a run is stopped or killed in between and
/// resumed: the pairs' order follows from seed and epoch, dropout from seed and step, and the rest is in the checkpoint.
public final class Trainer {
    /// What a training says while it runs.
    public enum Event: Sendable {
        /// A phase begins, or goes on with epoch `epoch`, from 0.
        case phaseStarted(TrainingPhase, epoch: Int, epochs: Int)
        /// A batch was trained on: pairs done and to do in this epoch, and the epoch's loss and accuracy so far.
        case batchFinished(pairs: Int, of: Int, loss: Double, accuracy: Double)
        /// An epoch is over.
        case epochFinished(TrainingHistory.Epoch, isBest: Bool)
        /// A phase ended before its last epoch because nothing got better.
        case stoppedEarly(TrainingPhase, epoch: Int)
    }

    /// What a training leaves.
    public struct Result: Sendable {
        /// The best epoch's model, as it lies in the run folder.
        public let model: TrainedModel
        /// All epochs.
        public let history: TrainingHistory
    }

    let configuration: TrainingConfiguration
    let data: TrainingData
    private let folder: RunFolder
    let architecture: LateFusion
    let phases: [TrainingPhase]

    /// Seconds of training that a kill may cost.
    private static let checkpointInterval = Duration.seconds(30)

    /// Prepares a training. The run folder must be there (`RunFolder.create`) when `train` begins.
    ///
    /// It fails with `DuetError` or `NetworkError` where the network does not fit the data or itself.
    public init(_ configuration: TrainingConfiguration, data: TrainingData, folder: RunFolder) throws {
        self.configuration = configuration
        self.data = data
        self.folder = folder
        architecture = try data.model(configuration.model)
        _ = try architecture.network()
        switch configuration.schedule {
        case .joint: phases = [.joint]
        case .staged: phases = [.audio, .image, .head] + (configuration.fineTune ? [.fineTune] : [])
        }
    }

    /// Trains to the end.
    /// - Parameters:
    ///   - resume: whether to go on from the folder's checkpoint. Without one the training starts over.
    ///   - observe: is told what happens.
    ///   - isInterrupted: asked after each step; once true, the state is saved and the training ends with an error of
    ///     kind `interrupted`.
    /// - Returns: the best epoch's model and the history of all epochs.
    /// - Throws: `DuetError` of kind `badData` if the loss or a weight is no longer finite; the last good checkpoint and
    ///   the best model stay.
    public func train(
        resume: Bool = false, observe: (Event) -> Void = { _ in }, isInterrupted: () -> Bool = { false }
    ) throws -> Result {
        var state = try resume ? savedState() : initialState()
        if !resume { try folder.write(ConfigurationFile.text(of: configuration), to: folder.configuration) }
        while state.position.phase < phases.count {
            try train(phases[state.position.phase], &state, observe, isInterrupted)
            state.finishPhase()
        }
        try save(state)
        return Result(model: try model(state.best), history: state.history)
    }

    /// Gathers the examples of some rows and their classes into a program's memory.
    func fill(_ program: Program, _ setup: PhaseSetup, with rows: ArraySlice<Int>) {
        setup.feeder.fill(program, with: rows)
        for (position, row) in rows.enumerated() { program.labels[position] = Int32(data.labels[row]) }
    }

    func initialState() throws -> TrainingState {
        var generator = SeededGenerator(seed: configuration.seed, stream: "weights")
        return TrainingState(Parameters(initializing: try architecture.network(), using: &generator))
    }

    private func savedState() throws -> TrainingState {
        let initial = try initialState()
        guard FileManager.default.fileExists(atPath: folder.checkpoint.path) else { return initial }
        return try Checkpoint.read(
            from: folder.checkpoint, configuration: configuration, dataset: data.fingerprint,
            initial: initial.parameters)
    }

    /// One phase, from where `state` stands to its end.
    private func train(
        _ phase: TrainingPhase, _ state: inout TrainingState, _ observe: (Event) -> Void, _ isInterrupted: () -> Bool
    ) throws {
        let threads = configuration.threads
        let setup = try PhaseSetup(phase, architecture, data, state.parameters, threads: threads)
        let store = try ParameterStore(state.parameters, for: setup.network, moments: state.moments)
        let order = BatchOrder(
            indices: data.split.train, batchSize: configuration.batchSize, seed: phaseSeed(state.position.phase))
        var programs: [Int: Program] = [:]
        func program(batchSize: Int) throws -> Program {
            if let program = programs[batchSize] { return program }
            let program = try Program(
                setup.network, outputs: [setup.output], batchSize: batchSize, mode: .training,
                precision: configuration.precision.orFloat32, store: store,
                modalityDropout: configuration.modalityDropout, threads: threads)
            programs[batchSize] = program
            return program
        }
        let validation = try InferencePass(
            setup.network, outputs: [setup.output], batchSize: 128, store: store, threads: threads)
        let steps = order.batchCount * configuration.epochs
        var lastSave = ContinuousClock.now

        observe(.phaseStarted(phase, epoch: state.position.epoch, epochs: configuration.epochs))
        while state.position.epoch < configuration.epochs {
            let began = ContinuousClock.now
            var adam = Adam(learningRate: configuration.learningRate)
            for rows in order.batches(epoch: state.position.epoch).dropFirst(state.position.batch) {
                adam.learningRate = configuration.learningRateSchedule.rate(
                    step: state.position.step, of: steps, peak: configuration.learningRate)
                let program = try program(batchSize: rows.count)
                fill(program, setup, with: rows)
                let result = program.step(adam, step: state.position.step + 1, seed: order.seed)
                guard result.loss.isFinite else { throw diverged("the loss is \(result.loss)", state) }
                state.record(result, pairs: rows.count)
                observe(
                    .batchFinished(
                        pairs: state.position.seen, of: data.split.train.count, loss: state.loss,
                        accuracy: state.accuracy))
                let interrupted = isInterrupted()
                if interrupted || lastSave.duration(to: .now) > Self.checkpointInterval {
                    var saved = state
                    saved.position.seconds += began.duration(to: .now).seconds
                    try save(saved, store)
                    lastSave = .now
                }
                if interrupted { throw stopped() }
            }
            let isBest = try finishEpoch(phase, &state, store, setup, validation, adam, began, observe)
            if isBest && phase.completesModel { try model(state.best).write(to: folder.model, overwrite: true) }
            try folder.write(state.history.csv, to: folder.history)
            if lastSave.duration(to: .now) > Self.checkpointInterval {
                try save(state, store)
                lastSave = .now
            }
            if let patience = configuration.earlyStopping, state.position.epochsSinceBest >= patience {
                observe(.stoppedEarly(phase, epoch: state.position.epoch))
                break
            }
        }
    }

    /// Validates, and keeps the weights if they are the phase's best.
    private func finishEpoch(
        _ phase: TrainingPhase, _ state: inout TrainingState, _ store: ParameterStore, _ setup: PhaseSetup,
        _ validation: InferencePass, _ adam: Adam, _ began: ContinuousClock.Instant, _ observe: (Event) -> Void
    ) throws -> Bool {
        let current = store.parameters()
        if let broken = current.firstNotFinite { throw diverged("'\(broken.name)' holds a value that is none", state) }
        let measured = try setup.measure(validation, rows: data.split.validation, labels: data.labels)
        let epoch = TrainingHistory.Epoch(
            phase: phase, epoch: state.position.epoch + 1, loss: state.loss, accuracy: state.accuracy,
            validationLoss: measured.loss, validationAccuracy: measured.accuracy, learningRate: adam.learningRate,
            seconds: state.position.seconds + began.duration(to: .now).seconds)
        let isBest = state.finishEpoch(epoch)
        if isBest { state.best = state.best.replacing(with: current) }
        observe(.epochFinished(epoch, isBest: isBest))
        return isBest
    }

    /// Writes the checkpoint, the weights and moments taken from the running phase's store if there is one.
    private func save(_ state: TrainingState, _ store: ParameterStore? = nil) throws {
        var state = state
        if let store {
            let current = store.parameters()
            if let broken = current.firstNotFinite {
                throw diverged("'\(broken.name)' holds a value that is none", state)
            }
            state.parameters = state.parameters.replacing(with: current)
            state.moments = store.moments()
        }
        try Checkpoint.write(
            state, configuration: configuration, dataset: data.fingerprint, to: folder.checkpoint)
    }

    private func model(_ parameters: Parameters) throws -> TrainedModel {
        try TrainedModel(
            architecture: architecture, parameters: parameters, classNames: data.dataset.classNames,
            normalization: data.normalization, features: data.features, pictures: data.pictures,
            origin: .init(
                dataset: data.fingerprint, split: configuration.split, seed: configuration.seed,
                limit: configuration.limit))
    }

    /// Each phase has an order and dropouts of its own.
    private func phaseSeed(_ phase: Int) -> UInt64 { configuration.seed &+ UInt64(phase) &* 0x9E37_79B9 }

    private func diverged(_ what: String, _ state: TrainingState) -> DuetError {
        DuetError(
            .badData,
            "the training diverged: \(what) after epoch \(state.position.epoch), batch \(state.position.batch). "
                + "What was saved before is in \(folder.url.path). Try a lower learning rate than "
                + "\(configuration.learningRate), and look for odd values with `duet data info`")
    }

    private func stopped() -> DuetError {
        DuetError(
            .interrupted,
            "stopped; the state is saved. Go on with: duet train --resume --output \(folder.url.relativePath)")
    }
}

extension Duration {
    /// The duration in seconds.
    public var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
