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

    var name: String { node.name }
    var batchSize: Int { builder.batchSize }

    /// The node's weight array `name`, seen with `shape` (its own unless said otherwise).
    func slot(_ name: String, shape: Shape? = nil, preferred: Layout? = nil) throws -> ParameterStore.Slot {
        guard let weight = node.weights.first(where: { $0.name == name }) else {
            throw NetworkError("layer '\(node.name)' has no weights '\(name)'")
        }
        return try builder.store.slot(
            node.parameterName(weight), shape: shape ?? weight.shape, isTrainable: weight.isTrainable,
            isTraining: builder.isTraining, preferred: preferred)
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
