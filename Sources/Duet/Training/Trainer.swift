import Datasets
import FileFormats
import Foundation
import NeuralNetwork
import SeededRandom

/// Trains a model: phase by phase, epoch by epoch, keeping the weights of the epoch with the best validation, or of the last. What
/// happens on the way is told to observers; files are theirs to write (`TrainingRun` adds those that write a run folder).
///
/// Equal settings and data give equal bits on equal machines, also when a training is stopped or killed in between and resumed:
/// the order of the examples follows from seed and epoch, dropout from seed and step, and the rest is in the checkpoint.
public final class Trainer {
    /// What a training leaves.
    public struct Result: Sendable {
        /// The kept epoch's model.
        public let model: TrainedModel
        /// All epochs.
        public let history: TrainingHistory
    }

    let configuration: TrainingConfiguration
    let data: TrainingData
    let model: FusionModel
    let crossFitting: CrossFitting
    let phases: [TrainingPhase]

    /// Prepares a training.
    /// - Throws: `DuetError` or `NetworkError` where the network does not fit the data or itself.
    public init(_ configuration: TrainingConfiguration, data: TrainingData) throws {
        self.configuration = configuration
        self.data = data
        model = try data.model(configuration)
        _ = try model.network()
        crossFitting = try CrossFitting(model, configuration, data)
        phases = Self.phases(of: model, configuration, crossFitting)
        // Those of a modality that this model does not take are for another model of the same comparison.
        for name in configuration.branches.keys.sorted() + configuration.augmentation.keys.sorted()
        where data.dataset[name] == nil {
            throw DuetError(
                .usage,
                "there are settings for '\(name)', but the dataset has "
                    + data.dataset.modalities.map(\.name).joined(separator: ", "))
        }
        for modality in model.modalities {
            let augmentation = configuration.augmentation[modality.name]
            try augmentation?.requireFit(modality)
            if let augmentation, augmentation.variesWaveforms, data.recordings(of: modality.name)?.canBeVaried != true {
                throw DuetError(
                    .usage,
                    "augmentation.\(modality) varies recordings, but the dataset has neither waveforms of '\(modality)' nor what their "
                        + "spectra follow from; build it again with `duet data build`, with --keep-waveforms if there are sound files"
                )
            }
        }
    }

    /// Trains to the end.
    /// - Parameter observers: are told what happens, in this order.
    /// - Returns: the kept epoch's model and the history of all epochs.
    /// - Throws: `DuetError` of kind `badData` if the loss or a weight is no longer finite, and what an observer throws.
    public func train(observers: [any TrainingObserver] = []) throws -> Result {
        try train(from: initialState(), observers: observers)
    }

    /// Trains on, from where a training stands.
    /// - Parameters:
    ///   - state: where it stands.
    ///   - observers: are told what happens, in this order.
    ///   - shared: what other trainings have left for this one, and this one leaves for others.
    /// - Returns: the kept epoch's model and the history of all epochs.
    /// - Throws: as `train(observers:)` does.
    package func train(
        from state: TrainingState, observers: [any TrainingObserver], shared: SharedBranches? = nil
    ) throws -> Result {
        let training = Training(configuration, data, model, phases[0], state)
        while training.state.position.phase < phases.count {
            try run(phases[training.state.position.phase], training, observers, shared)
        }
        // With a head, they were fitted before it was trained, or never.
        if model.head.isEmpty { training.state.take(try fittedWeights(training)) }
        training.snapshot = { [unowned training] in training.state }
        try calibrate(training) { done, total in
            for observer in observers { try observer.calibrating(done, of: total, training) }
        }
        for observer in observers { try observer.trainingEnded(training) }
        return Result(model: try training.keptModel(), history: training.history)
    }

    /// One phase, whose result is kept.
    func run(
        _ phase: TrainingPhase, _ training: Training, _ observers: [any TrainingObserver],
        _ shared: SharedBranches? = nil
    ) throws {
        training.phase = phase
        if training.state.isAtStartOfPhase { try prepareWeights(training) }
        if training.state.isAtStartOfPhase, let outcome = try shared?.outcome(of: phase, training) {
            training.state.take(outcome)
            for observer in observers { try observer.phaseWasTaken(from: outcome.model, training) }
        } else {
            try trainPhase(training, observers)
            try shared?.keep(phase, training)
        }
        if phase.isFold, let branch = model.branch(of: phase) {
            training.state.folds[phase] = try training.state.kept.restricted(to: model.network(of: branch))
        }
        training.state.finishPhase()
    }

    /// The phases of a training, in their order.
    private static func phases(
        of model: FusionModel, _ configuration: TrainingConfiguration, _ crossFitting: CrossFitting
    ) -> [TrainingPhase] {
        guard configuration.schedule == .staged, model.branches.count > 1 else { return [.joint] }
        let branches = model.modalities.map(\.name).flatMap { crossFitting.phases(of: $0) + [.branch($0)] }
        return branches + (model.head.isEmpty ? [] : [.head]) + (configuration.fineTune ? [.fineTune] : [])
    }

    /// Sets the weights that a phase does not start with as the one before has left them.
    private func prepareWeights(_ training: Training) throws {
        if let branch = model.branch(of: training.phase) {
            // A fold before this phase has trained the same weights.
            training.state.take(initialState(of: try model.network(of: branch)).parameters)
        } else if training.phase == .head {
            training.state.take(try fittedWeights(training))
        }
    }

    /// The weights that the fusion fits to what the branches give for the validation examples: with folds by speaker, what each gives that
    /// has not heard the speaker.
    func fittedWeights(_ training: Training) throws -> Parameters {
        guard model.branches.count > 1 else { return Parameters([]) }
        if let fitted = training.headInputs?.fitted[type(of: model.fusion).name] { return fitted }
        let rows = data.split.validation
        let fitted = try model.fusion.fittedWeights(
            to: {
                let tables =
                    try training.headInputs?.tables
                    ?? zip(model.outputNames().branches, model.branches).map { name, branch in
                        try PhaseSetup.outputs(
                            name, of: branch, model, rows: rows,
                            folds: crossFitting.hasSpeakerFolds(of: branch.modality) ? crossFitting.validation : [],
                            data, training.state, threads: configuration.threads)
                    }
                return tables.map { table in rows.flatMap { table[$0] } }
            }, labels: rows.map { data.labels[$0] }, prefix: FusionModel.headName)
        let weights = Parameters(
            fitted.compactMap { name, values in
                training.state.parameters[name].map { .init(name: name, shape: $0.shape, values: values) }
            })
        training.headInputs?.fitted[type(of: model.fusion).name] = weights
        return weights
    }

    /// Gathers the examples of some rows, varied as the settings say, and their classes into a program's memory.
    func fill(_ program: Program, _ setup: PhaseSetup, with rows: ArraySlice<Int>, epoch: Int) throws {
        try setup.feeder.fill(
            program, with: rows, except: setup.recordingFeeders.filter { !$0.value.leavesGaps }.map(\.key))
        for (modality, feeder) in setup.recordingFeeders {
            try feeder.fill(program.input(modality), with: rows, epoch: epoch)
        }
        for (modality, augmenter) in setup.augmenters {
            augmenter.apply(to: program.input(modality), rows: rows, epoch: epoch)
        }
        let labels = program.labels
        for (position, row) in rows.enumerated() { labels[position] = data.label(of: row) }
    }

    package func initialState() throws -> TrainingState {
        try initialState(of: model.network())
    }

    /// The initial weights of the model or of a part. Each array has a stream of its own: a part that is trained alone starts with the same
    /// weights whatever the others are.
    func initialState(of network: Network) -> TrainingState {
        TrainingState(
            Parameters(initializing: network) { name in
                SeededGenerator(seed: configuration.seed, stream: "weights/\(name)")
            })
    }

    func setup(_ phase: TrainingPhase, _ state: TrainingState, branchOutputs: [Table]? = nil) throws -> PhaseSetup {
        try PhaseSetup(
            phase, model, data, state, configuration, crossFitting, branchOutputs: branchOutputs,
            augmentationSeed: seed(of: phase))
    }

    /// One phase, from where the training stands to its end.
    private func trainPhase(_ training: Training, _ observers: [any TrainingObserver]) throws {
        let threads = configuration.threads
        let settings = configuration.settings(of: training.phase, model: model)
        let stopping = settings.earlyStopping.map { [EarlyStopping(patience: $0)] } ?? []
        let observers = stopping + observers
        let setup = try setup(training.phase, training.state, branchOutputs: training.headInputs?.tables)
        let store = try ParameterStore(training.state.parameters, for: setup.network, moments: training.state.moments)
        let order = setup.order(batchSize: settings.batchSize, seed: seed(of: training.phase))
        (training.examplesPerEpoch, training.epochs) = (order.count, settings.epochs)
        var programs: [Int: Program] = [:]
        func program(batchSize: Int) throws -> Program {
            if let program = programs[batchSize] { return program }
            let program = try Program(
                setup.network, outputs: [setup.output], batchSize: batchSize, mode: .training,
                precision: configuration.precision.orFloat32, auxiliaryLosses: setup.auxiliaryLosses,
                trainsOutput: setup.trainsOutput, store: store, threads: threads)
            programs[batchSize] = program
            return program
        }
        let validation = try InferencePass(
            setup.network, outputs: [setup.output], batchSize: 128, store: store, threads: threads)
        let steps = order.batchCount * settings.epochs
        var began = ContinuousClock.now
        training.snapshot = { [unowned training] in
            try self.snapshot(training.state, store, since: began)
        }

        training.endsPhase = false
        for observer in observers { try observer.phaseBegan(training) }
        while training.state.position.epoch < settings.epochs, !training.endsPhase {
            began = .now
            var adam = Adam(learningRate: settings.learningRate)
            let batches = order.batches(epoch: training.state.position.epoch)
            for (place, rows) in batches.enumerated().dropFirst(training.state.position.batch) {
                adam.learningRate = configuration.learningRateSchedule.rate(
                    step: training.state.position.step, of: steps, peak: settings.learningRate)
                let program = try program(batchSize: rows.count)
                try fill(program, setup, with: rows, epoch: training.state.position.epoch)
                if place + 1 < batches.count { setup.feeder.prefetch(batches[place + 1]) }
                let result = program.step(adam, step: training.state.position.step + 1, seed: order.seed)
                guard result.loss.isFinite else { throw diverged("the loss is \(result.loss)", training.state) }
                training.state.record(
                    result, examples: rows.count, ofClasses: rows.count { $0 < data.dataset.count })
                for observer in observers { try observer.batchEnded(training) }
            }
            try averageStatistics(training, setup, order, program: program)
            let current = try finite(store.parameters(), training.state)
            let measured = try setup.measure(validation, rows: data.split.validation, labels: data.labels)
            let epoch = TrainingHistory.Epoch(
                phase: training.phase, epoch: training.state.position.epoch + 1, loss: training.loss,
                accuracy: training.accuracy, validationLoss: measured.loss, validationAccuracy: measured.accuracy,
                learningRate: adam.learningRate,
                seconds: training.state.position.seconds + began.duration(to: .now).seconds)
            let isBest = training.state.finishEpoch(epoch)
            began = .now
            if isBest || configuration.keep == .last {
                training.state.kept = training.state.kept.replacing(with: current)
                training.correctOfKept = measured.correct
            }
            for observer in observers { try observer.epochEnded(epoch, isBest: isBest, training) }
        }
    }

    /// The state with the weights and moments of the running phase.
    private func snapshot(
        _ state: TrainingState, _ store: ParameterStore, since began: ContinuousClock.Instant
    ) throws -> TrainingState {
        var state = state
        if state.position.batch > 0 { state.position.seconds += began.duration(to: .now).seconds }
        state.parameters = state.parameters.replacing(with: try finite(store.parameters(), state))
        state.moments = store.moments()
        return state
    }

    private func finite(_ parameters: Parameters, _ state: TrainingState) throws -> Parameters {
        if let broken = parameters.firstNotFinite {
            throw diverged("'\(broken.name)' holds a value that is not finite", state)
        }
        return parameters
    }

    /// Each phase has an order and dropouts of its own, which do not depend on the phases before it.
    private func seed(of phase: TrainingPhase) -> UInt64 {
        let names = model.modalities.map(\.name)
        let index =
            switch phase {
            case .joint: 0
            case .branch(let name): names.firstIndex(of: name) ?? 0
            case .head: names.count
            case .fineTune: names.count + 1
            case .fold(let name, let fold): names.count + 2 + fold * names.count + (names.firstIndex(of: name) ?? 0)
            }
        return configuration.seed &+ UInt64(index) &* 0x9E37_79B9
    }

    private func diverged(_ what: String, _ state: TrainingState) -> DuetError {
        DuetError(
            .badData,
            "the training diverged: \(what) after epoch \(state.position.epoch), batch \(state.position.batch). "
                + "Try a lower learning rate than \(configuration.learningRate), and look for odd values with `duet data info`"
        )
    }
}

extension Duration {
    /// The duration in seconds.
    package var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
