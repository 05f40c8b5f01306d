/// A network compiled to answer: if the output is to change in this direction, how do the inputs and the weights? The
/// plain chain rule, without a loss; what layers are checked with.
package final class VectorJacobianProduct {
    private let store: ParameterStore
    private let preparation: [Operation]
    private let operations: [Operation]
    private let arena: Memory
    private let inputs: [String: Tensor]
    private let inputGradients: [String: Tensor]
    private let upstreamTensor: Tensor
    private let result: Tensor

    /// Compiles the network in training mode, up to its node `output`. The weights are those of `store`, where the
    /// weights' gradients are to be found after a run.
    package init(
        _ network: Network, output: String, batchSize: Int, precision: Precision = .float32, store: ParameterStore,
        modalityDropout: Float = 0
    ) throws {
        let builder = ProgramBuilder(
            batchSize: batchSize, isTraining: true, precision: precision, store: store,
            modalityDropout: modalityDropout)
        let graph = try CompiledGraph(network, results: [output], builder: builder)
        result = try graph.emitResult(of: output, to: builder)
        upstreamTensor = Tensor("upstream", result.layout, memory: Memory(byteCount: result.byteCount))
        // A copy, because the backward passes may overwrite the gradient that they are given.
        let upstreamCopy = Tensor("upstream copy", try graph.output(of: output).layout)
        try builder.emitReorder(upstreamTensor, into: upstreamCopy)
        let gradients = try graph.emitBackward(from: upstreamCopy, at: output, includingInputs: true)
        inputGradients = try Dictionary(
            uniqueKeysWithValues: graph.inputs.map { name, input in
                let plain = Tensor("\(name) gradient", input.layout, memory: Memory(byteCount: input.byteCount))
                if let gradient = gradients[name] { try builder.emitReorder(gradient, into: plain) }
                return (name, plain)
            })
        inputs = graph.inputs
        self.store = store
        preparation = builder.preparation
        operations = builder.operations
        arena = MemoryPlan.place(tensorsOf: preparation + operations)
        for operation in preparation + operations { try operation.bind() }
    }

    /// Where a run reads input `name`.
    package func input(_ name: String) -> UnsafeMutableBufferPointer<Float> { inputs[name]!.floats }
    /// The direction, in the output's shape.
    package var upstream: UnsafeMutableBufferPointer<Float> { upstreamTensor.floats }
    /// What the last run computed forward.
    package var output: UnsafeBufferPointer<Float> { UnsafeBufferPointer(result.floats) }
    /// How input `name` would have to change.
    package func inputGradient(_ name: String) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(inputGradients[name]!.floats)
    }

    /// Runs forward and backward.
    package func run() {
        for operation in preparation + operations { operation.run() }
    }
}
