import CNetworkKernels

/// A network compiled for one batch size and one mode: shapes fixed, kernels chosen, memory planned. Running it allocates
/// nothing.
///
/// Fill the inputs (and the labels), call `run()` or `step(_:)`, read the outputs. A program computes on as many threads as it
/// was made for, whoever calls it, and one thread at a time may call it. Programs over the same `FrozenParameters` may run
/// on several threads at once, each on its own; those over a `ParameterStore` belong to one thread together.
public final class Program {
    /// What a program is for.
    public enum Mode: Hashable, Sendable {
        /// Forward only, with moving statistics and without dropout.
        case inference
        /// Forward, loss, backward and the optimizer's step, with the batch's statistics and dropout.
        case training
    }

    /// The number of examples that every run takes.
    public let batchSize: Int
    /// The number of threads that compute.
    public var threads: Int { code.target.threads }

    let code: Code
    private let store: ParameterStore?
    private let inputs: [String: Graph.ValueID]
    private let outputs: [String: Graph.ValueID]
    private let training: Training?
    private var preparedVersion = -1
    /// There while the program is profiled. Without it, no clock is read.
    var stopwatch: Stopwatch?

    /// What only a training program has.
    private struct Training {
        let labels: Graph.ValueID
        let scores: Graph.ValueID
        /// How many of the operations are the forward pass and the loss.
        let forwardCount: Int
        /// The weights that the backward pass moves by Adam's rule.
        let movedInBackward: Set<String>
    }

    /// Compiles a network that is trained, or run on weights that are.
    /// - Parameters:
    ///   - network: what is computed.
    ///   - names: the nodes whose results can be read after a run. A training program has one, a vector of scores or, with
    ///     softmax, of probabilities: the softmax cross-entropy of the scores is the loss in both cases.
    ///   - batchSize: the number of examples that every run takes; at least 1.
    ///   - mode: what the program is for.
    ///   - precision: how exactly a training program computes, in what the processor supports (`Precision.isSupported`).
    ///     An inference program takes float32.
    ///   - auxiliaryLosses: other vectors of scores or probabilities, by the nodes' names, whose softmax cross-entropy is added to
    ///     a training program's loss, and the factor of each. What a step returns is of the output alone.
    ///   - trainsOutput: whether the output's own loss moves weights, or the auxiliary ones alone do and it is only returned.
    ///   - store: the weights, which programs of other batch sizes, modes and precisions may share.
    ///   - threads: the number of threads that compute; all processors unless said otherwise.
    /// - Throws: `NetworkError` if weights are missing, or if something in the network cannot run or be trained.
    public convenience init(
        _ network: Network, outputs names: [String], batchSize: Int, mode: Mode, precision: Precision = .float32,
        auxiliaryLosses: [String: Float] = [:], trainsOutput: Bool = true, store: ParameterStore,
        threads: Int = Engine.processors
    ) throws {
        try self.init(
            network, outputs: names, batchSize: batchSize, mode: mode, precision: precision,
            auxiliaryLosses: auxiliaryLosses, trainsOutput: trainsOutput, weights: .store(store),
            options: Options(threads: threads))
    }

    /// Compiles a network for inference on weights that never change.
    /// - Parameters:
    ///   - network: what is computed.
    ///   - names: the nodes whose results can be read after a run.
    ///   - batchSize: the number of examples that every run takes; at least 1.
    ///   - parameters: the weights, which any number of programs may share.
    ///   - threads: the number of threads that compute; all processors unless said otherwise.
    /// - Throws: `NetworkError` if weights are missing or something in the network cannot run.
    public convenience init(
        _ network: Network, outputs names: [String], batchSize: Int, parameters: FrozenParameters,
        threads: Int = Engine.processors
    ) throws {
        try self.init(
            network, outputs: names, batchSize: batchSize, mode: .inference, weights: .frozen(parameters),
            options: Options(threads: threads))
    }

    /// What a program is compiled for beside the network; the defaults are what users get.
    package struct Options: Sendable {
        package var threads = Engine.processors
        package var instructionSet = Engine.instructionSet
        /// Kernels that are not to be used, such as `Winograd`; for comparisons.
        package var excludedKernels: Set<String> = []

        package init(
            threads: Int = Engine.processors, instructionSet: InstructionSet = Engine.instructionSet,
            excludedKernels: Set<String> = []
        ) {
            self.threads = threads
            self.instructionSet = instructionSet
            self.excludedKernels = excludedKernels
        }

        func target(isTraining: Bool) throws -> Target {
            guard let kernels = instructionSet.kernels else {
                throw NetworkError("this processor has no \(instructionSet.name)")
            }
            precondition(threads >= 1, "a program needs at least one thread")
            return Target(
                kernels: kernels, threads: threads, isTraining: isTraining, excludedKernels: excludedKernels,
                state: RunState())
        }
    }

    package init(
        _ network: Network, outputs names: [String], batchSize: Int, mode: Mode, precision: Precision = .float32,
        auxiliaryLosses: [String: Float] = [:], trainsOutput: Bool = true, weights: WeightMemory, options: Options
    ) throws {
        guard precision == .float32 || mode == .training else {
            throw NetworkError("only training can take place in \(precision.rawValue); inference is float32")
        }
        let target = try options.target(isTraining: mode == .training)
        let lowering = try Lowering(
            network, batchSize: batchSize, isTraining: mode == .training, precision: precision)
        var graph = lowering.graph
        inputs = try Dictionary(
            uniqueKeysWithValues: network.inputs.map { ($0.name, try lowering.tensor($0.name).value) })
        self.batchSize = batchSize
        store = weights.store
        switch mode {
        case .inference:
            outputs = try Dictionary(
                uniqueKeysWithValues: names.map { ($0, graph.addResult(of: try lowering.tensor($0).value, name: $0)) })
            code = try Code(graph, on: target, weights: weights)
            training = nil
        case .training:
            guard names.count == 1 else {
                throw NetworkError("a network is trained on one output, but \(names.count) are named")
            }
            outputs = [:]
            let labels = graph.add(Value(name: "labels", count: batchSize, elementType: .int32, storage: .labels))
            let loss = try graph.addLoss(of: lowering.tensor(names[0]), name: names[0], labels: labels)
            let auxiliary = try auxiliaryLosses.sorted { $0.key < $1.key }.map { name, weight in
                try graph.addLoss(
                    of: lowering.tensor(name), name: name, labels: labels, auxiliaryWeight: weight)
            }
            (graph, _) = try Differentiation.differentiate(
                graph, seeds: ((trainsOutput ? [loss] : []) + auxiliary).map { ($0.scores, $0.gradient) },
                trainable: network.trainableNames)
            code = try Code(graph, on: target, weights: weights, keeping: [loss.scores])
            training = Training(
                labels: labels, scores: loss.scores,
                forwardCount: 1 + (code.graph.nodes.lastIndex { $0.operation is SoftmaxCrossEntropy } ?? 0),
                movedInBackward: code.graph.movedInBackward)
        }
    }

    /// Where a run reads input `name`: `batchSize` examples one after the other, channels fastest.
    public func input(_ name: String) -> UnsafeMutableBufferPointer<Float> {
        guard let value = inputs[name] else { preconditionFailure("the program has no input '\(name)'") }
        return code.floats(value)
    }

    /// What the last run wrote to output `name`: `batchSize` rows.
    public func output(_ name: String) -> UnsafeBufferPointer<Float> {
        guard let value = outputs[name] else { preconditionFailure("the program has no output '\(name)'") }
        return UnsafeBufferPointer(code.floats(value))
    }

    /// Whether the program trains.
    public var isTraining: Bool { training != nil }

    /// The label of an example of no class, which is to be predicted as any class alike (outlier exposure, Hendrycks et al. 2019).
    public static let noClass: Int32 = -1

    /// Where a training step reads the examples' classes, or `noClass`.
    public var labels: UnsafeMutableBufferPointer<Int32> {
        guard let training else { preconditionFailure("only a training program has labels") }
        return UnsafeMutableBufferPointer(
            start: code.address(training.labels).assumingMemoryBound(to: Int32.self), count: batchSize)
    }

    /// What the last training step computed before the softmax: `batchSize` rows of scores, one per class.
    public var scores: UnsafeBufferPointer<Float> {
        guard let training else { preconditionFailure("only a training program keeps its scores") }
        return UnsafeBufferPointer(code.floats(training.scores))
    }

    /// Runs forward; in a training program up to the loss.
    public func run() {
        let version = store?.version ?? 0
        if preparedVersion != version {
            run(code.preparation[...])
            preparedVersion = version
        }
        run(code.operations[..<(training?.forwardCount ?? code.operations.count)])
    }

    /// One training step on the batch in place: forward, loss, backward, and the optimizer's step.
    /// - Parameters:
    ///   - optimizer: the rule by which the weights move, with this step's learning rate.
    ///   - step: how many steps were taken, this one included; from 1.
    ///   - seed: with `step`, settles which elements are dropped.
    /// - Returns: the batch's loss and its correct examples. If the loss is not finite, the weights were left as they are.
    @discardableResult
    public func step(_ optimizer: some Optimizer, step: Int, seed: UInt64) -> StepResult {
        let (training, store) = trainingAndStore
        let result = forwardPass(step: step, seed: seed)
        guard result.loss.isFinite else { return result }
        code.target.state.adam = optimizer.asAdam?.settings(step: step)
        run(code.operations[training.forwardCount...])
        let moved = code.target.state.adam == nil ? [] : training.movedInBackward
        code.target.state.adam = nil
        timed(Self.optimizerName) { store.update(optimizer, step: step, except: moved, on: runtime) }
        return result
    }

    /// Forward, loss and backward alone: leaves the gradients in the store and the weights as they are.
    @discardableResult
    public func gradientPass(step: Int, seed: UInt64) -> StepResult {
        let result = forwardPass(step: step, seed: seed)
        run(code.operations[trainingAndStore.training.forwardCount...])
        return result
    }

    /// Makes the moving statistics of batch normalizations those of the weights as they are: the means over some batches, each of
    /// which is put in place and run forward in turn (Wu & Johnson 2021, "Rethinking 'Batch' in BatchNorm").
    ///
    /// For the start of a training: until several hundred steps are over, moving averages still hold much of their initial values and
    /// of earlier weights.
    /// - Parameters:
    ///   - batches: how many.
    ///   - step: with `seed`, settles which elements are dropped; counts on with the batches.
    ///   - seed: the random seed.
    ///   - fill: puts a batch in place, whose number it gets.
    /// - Throws: what `fill` throws.
    public func averageStatistics(
        batches: Int, step: Int, seed: UInt64, fill: (_ batch: Int) throws -> Void
    ) rethrows {
        defer { code.target.state.averagedBatches = nil }
        for batch in 0..<batches {
            try fill(batch)
            code.target.state.averagedBatches = batch
            _ = forwardPass(step: step + batch, seed: seed)
        }
        trainingAndStore.store.weightsWereMoved()
    }

    /// Moves the weights along the gradients that lie in the store, those of the last `gradientPass`.
    /// - Parameters:
    ///   - optimizer: the rule by which the weights move.
    ///   - step: how many steps were taken, this one included; from 1.
    public func applyGradients(_ optimizer: some Optimizer, step: Int) {
        trainingAndStore.store.update(optimizer, step: step, on: runtime)
    }

    /// What the optimizer's step is called in a profile.
    static let optimizerName = "Adam"

    /// What the optimizer computes with.
    var runtime: OptimizerRuntime { OptimizerRuntime(target: code.target) }

    /// What the backward pass leaves to the optimizer, in values.
    var valuesLeftToOptimizer: Int {
        let (training, store) = trainingAndStore
        return store.ranges(except: training.movedInBackward).reduce(0) { $0 + $1.count }
    }

    /// The optimizer's step behind the backward pass, alone.
    func stepOfOptimizer() {
        let (training, store) = trainingAndStore
        store.update(Adam(), step: 1, except: training.movedInBackward, on: runtime)
    }

    private var trainingAndStore: (training: Training, store: ParameterStore) {
        guard let training, let store else { preconditionFailure("only a training program has a backward pass") }
        return (training, store)
    }

    private func forwardPass(step: Int, seed: UInt64) -> StepResult {
        code.target.state.randomKey = RandomKey.step(step, seed: seed)
        run()
        return code.target.state.result
    }

    private func run(_ operations: ArraySlice<Code.Operation>) {
        guard let stopwatch else {
            for operation in operations { operation.run() }
            return
        }
        for operation in operations { stopwatch.time(operation.node.name, operation.run) }
    }

    private func timed(_ name: String, _ body: () -> Void) {
        if let stopwatch { stopwatch.time(name, body) } else { body() }
    }
}

extension Graph {
    /// The weights that the backward pass can move by Adam's rule.
    fileprivate var movedInBackward: Set<String> {
        Set(
            nodes.filter { $0.operation is DenseGradients }.compactMap { node in
                if case .gradient(let name) = self[node.outputs[0]].storage { name } else { nil }
            })
    }
}

extension Network {
    /// The names of the weights that an optimizer moves.
    var trainableNames: Set<String> {
        Set(nodes.flatMap { node in node.weights.filter(\.isTrainable).map(node.parameterName) })
    }
}

extension Program {
    /// Which kernel runs an operation.
    package struct ChosenKernel: Sendable {
        /// Layer and pass, such as `image.conv2d forward`.
        package let name: String
        /// Such as `Winograd`.
        package let kernel: String
        /// Whether it is plain loops.
        package let isReference: Bool
        /// Whether another kernel could have run it that is not.
        package let hasAlternative: Bool
    }

    /// The kernels that were chosen, in the order in which they run.
    package var kernels: [ChosenKernel] {
        (code.preparation + code.operations).map { operation in
            let alternatives = (try? code.graph.candidates(for: operation.node, on: code.target)) ?? []
            return ChosenKernel(
                name: operation.node.name, kernel: operation.node.kernel?.name ?? "",
                isReference: operation.node.kernel?.isReference ?? false,
                hasAlternative: alternatives.contains { !$0.isReference })
        }
    }
}
