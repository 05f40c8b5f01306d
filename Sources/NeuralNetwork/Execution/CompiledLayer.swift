/// A layer that can run: the half of `Layer` that knows memory.
protocol ExecutableLayer: Layer {
    /// Emits the forward pass.
    func compile(_ context: LayerContext) throws -> any CompiledLayer
}

/// Where a layer stands while it is compiled.
struct LayerContext {
    let node: Network.Node
    /// The inputs' tensors; behind a `Flatten`, with the dimensions of space that it hides.
    let inputs: [Tensor]
    /// The inputs' Keras shapes as the tensors have them.
    let inputShapes: [Shape]
    /// Whether every reader of the output can take it unflattened.
    let readersAreDense: Bool
    let builder: ProgramBuilder
    /// In inference, a batch normalization that this layer may do on its way out.
    var normalization: Network.Node?
    /// Whether this batch normalization is left to the dense layer behind.
    var isLeftToDense = false

    var name: String { node.name }
    var batchSize: Int { builder.batchSize }

    /// The node's weight array `name`, seen with `shape` (its own unless said otherwise).
    func slot(_ name: String, shape: Shape? = nil, preferred: Layout? = nil) throws -> ParameterStore.Slot {
        guard let weight = node.weights.first(where: { $0.name == name }) else {
            throw NetworkError("layer '\(node.name)' has no weights '\(name)'")
        }
        return try builder.slot(weight, of: node, shape: shape, preferred: preferred)
    }

    /// The batch normalization behind, for a layer that does it on its way out; the output says then that it is done.
    func rescaling() throws -> Rescaling? {
        guard let normalization, let settings = normalization.layer as? BatchNormalization else { return nil }
        return try Rescaling(normalization, settings, builder)
    }
}

/// A layer after its forward pass was emitted.
protocol CompiledLayer {
    /// What the forward pass writes.
    var output: Tensor { get }
    /// The output's Keras shape as the tensor has it: unflattened behind a `Flatten` that had nothing to move.
    var outputShape: Shape { get }

    /// Emits the backward pass. It may overwrite `gradient`, the output's gradient, which nobody else reads.
    /// - Returns: the inputs' gradients, or nil in place of each that `isWanted` does not ask for.
    func emitBackward(_ gradient: Tensor, isWanted: [Bool]) throws -> [Tensor?]
}

/// A layer of an inference program, where nothing goes backward.
struct InferenceLayer: CompiledLayer {
    let output: Tensor
    let outputShape: Shape

    func emitBackward(_ gradient: Tensor, isWanted: [Bool]) -> [Tensor?] {
        preconditionFailure("'\(output.name)' belongs to an inference program")
    }
}
