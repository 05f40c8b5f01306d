/// A network compiled for one batch size and one mode: shapes fixed, memory planned, every primitive made. Running it
/// allocates nothing.
///
/// Fill the inputs (and the labels), call `run()` or `step(_:)`, read the outputs. A program belongs to the thread that
/// made it.
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

    let store: ParameterStore
    let inputs: [String: Tensor]
    private let outputs: [String: Tensor]
    let loss: Loss?
    let preparation: [Operation]
    let forward: [Operation]
    let backward: [Operation]
    private let dropoutKey: DropoutKey
    private let arena: Memory
    private var preparedVersion = -1
    /// There while the program is profiled. Without it, no clock is read.
    var stopwatch: Stopwatch?

    /// Compiles a network.
    /// - Parameters:
    ///   - network: what is computed.
    ///   - names: the nodes whose results can be read after a run. A training program has one, a dense layer, and the
    ///     softmax cross-entropy of its scores is the loss, whether or not the layer has softmax as its activation.
    ///   - batchSize: the number of examples that every run takes; at least 1.
    ///   - mode: what the program is for.
    ///   - precision: how exactly a training program computes, in what the processor supports (`Precision.isSupported`).
    ///     An inference program takes float32.
    ///   - store: the weights, which programs of other batch sizes, modes and precisions may share.
    ///   - modalityDropout: the share of examples of which, in training, one input of a concatenation is absent.
    /// - Throws: `NetworkError` if weights are missing or the network cannot be trained on that output,
    ///   `ExecutionError` if oneDNN refuses.
    public convenience init(
        _ network: Network, outputs names: [String], batchSize: Int, mode: Mode, precision: Precision = .float32,
        store: ParameterStore, modalityDropout: Float = 0
    ) throws {
        try self.init(
            network, outputs: names, batchSize: batchSize, mode: mode, precision: precision, store: store,
            modalityDropout: modalityDropout, usesOwnKernels: true)
    }

    /// The same, with a choice: without its own convolutions and wide dense layers Duet shows what oneDNN alone can do. The
    /// store must not be shared with programs of the other kind, which lay out weights differently.
    package init(
        _ network: Network, outputs names: [String], batchSize: Int, mode: Mode, precision: Precision = .float32,
        store: ParameterStore, modalityDropout: Float = 0, usesOwnKernels: Bool
    ) throws {
        guard precision == .float32 || mode == .training else {
            throw NetworkError("only training can take place in \(precision.rawValue); inference is float32")
        }
        let builder = ProgramBuilder(
            batchSize: batchSize, isTraining: mode == .training, precision: precision, store: store,
            modalityDropout: modalityDropout, usesOwnKernels: usesOwnKernels)
        let graph = try CompiledGraph(network, results: names, builder: builder)
        let forwardCount = builder.operations.count

        self.batchSize = batchSize
        self.store = store
        inputs = graph.inputs
        dropoutKey = builder.dropoutKey
        switch mode {
        case .inference:
            outputs = try Dictionary(
                uniqueKeysWithValues: names.map { ($0, try graph.emitResult(of: $0, to: builder)) })
            loss = nil
            forward = builder.operations
            backward = []
        case .training:
            guard names.count == 1 else {
                throw NetworkError("a network is trained on one output, but \(names.count) are named")
            }
            let loss = try Loss(scores: graph.scores(of: names[0]), builder: builder)
            try graph.emitBackward(from: loss.gradient, at: names[0])
            self.loss = loss
            outputs = [:]
            forward = Array(builder.operations[..<forwardCount])
            backward = Array(builder.operations[forwardCount...])
        }
        preparation = builder.preparation
        arena = MemoryPlan.place(
            tensorsOf: preparation + builder.operations + (loss.map { [$0.operation] } ?? []))
        for operation in preparation + builder.operations { try operation.bind() }
    }

    /// Where a run reads input `name`: `batchSize` examples one after the other, channels fastest.
    public func input(_ name: String) -> UnsafeMutableBufferPointer<Float> {
        guard let tensor = inputs[name] else { preconditionFailure("the program has no input '\(name)'") }
        return tensor.floats
    }

    /// What the last run wrote to output `name`: `batchSize` rows.
    public func output(_ name: String) -> UnsafeBufferPointer<Float> {
        guard let tensor = outputs[name] else { preconditionFailure("the program has no output '\(name)'") }
        return UnsafeBufferPointer(tensor.floats)
    }

    /// Whether the program trains.
    public var isTraining: Bool { loss != nil }

    /// Where a training step reads the examples' classes.
    public var labels: UnsafeMutableBufferPointer<Int32> {
        guard let loss else { preconditionFailure("only a training program has labels") }
        return loss.labels
    }

    /// Runs forward.
    public func run() {
        prepare()
        run(forward)
    }

    /// One training step on the batch in place: forward, loss, backward, Adam.
    /// - Parameters:
    ///   - adam: the optimizer, with this step's learning rate.
    ///   - step: how many steps were taken, this one included; from 1.
    ///   - seed: with `step`, settles which elements are dropped.
    /// - Returns: the batch's loss and its correct examples. If the loss is not finite, the weights were left as they are.
    @discardableResult
    public func step(_ adam: Adam, step: Int, seed: UInt64) -> StepResult {
        let result = forwardPass(step: step, seed: seed)
        guard result.loss.isFinite else { return result }
        store.adamInBackward = adam.settings(step: step)
        run(backward)
        store.adamInBackward = nil
        timed("Adam") { store.update(adam, step: step) }
        return result
    }

    /// Forward, loss and backward alone: leaves the gradients in the store and the weights as they are.
    @discardableResult
    public func gradientPass(step: Int, seed: UInt64) -> StepResult {
        let result = forwardPass(step: step, seed: seed)
        run(backward)
        return result
    }

    private func forwardPass(step: Int, seed: UInt64) -> StepResult {
        guard let loss else { preconditionFailure("only a training program has a backward pass") }
        dropoutKey.step = seed &+ UInt64(step) &* 0x9E37_79B9_7F4A_7C15
        run()
        return timed("loss", loss.run)
    }

    /// What the last training step computed before the softmax: `batchSize` rows of scores, one per class.
    public var scores: UnsafeBufferPointer<Float> {
        guard let loss else { preconditionFailure("only a training program keeps its scores") }
        return UnsafeBufferPointer(loss.scores.floats)
    }

    /// Remakes the copies of weights that some primitives need, if the weights have changed since.
    private func prepare() {
        guard preparedVersion != store.version else { return }
        run(preparation)
        preparedVersion = store.version
    }

    private func run(_ operations: [Operation]) {
        guard let stopwatch else {
            for operation in operations { operation.run() }
            return
        }
        for operation in operations { stopwatch.time(operation.name, operation.run) }
    }

    private func timed<Result>(_ name: String, _ body: () -> Result) -> Result {
        stopwatch?.time(name, body) ?? body()
    }
}
