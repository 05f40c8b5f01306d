/// A network's layers on their way to a program: emits the forward pass of each in order, and then the backward passes
/// in reverse.
struct CompiledGraph {
    /// A layer in its place. A dense layer's softmax is a step of its own, so that the loss can take the scores before
    /// it.
    private struct Step {
        let node: Network.Node
        let layer: any CompiledLayer
        let softmax: (any CompiledLayer)?

        var output: Tensor { softmax?.output ?? layer.output }

        /// Emits the backward pass; the loss's own gradient is already that of the scores.
        func emitBackward(_ gradient: Tensor, isOfScores: Bool, isWanted: [Bool]) throws -> [Tensor?] {
            guard !isOfScores, let softmax, let ofScores = try softmax.emitBackward(gradient, isWanted: [true])[0]
            else { return try layer.emitBackward(gradient, isWanted: isWanted) }
            return try layer.emitBackward(ofScores, isWanted: isWanted)
        }
    }

    private(set) var inputs: [String: Tensor] = [:]
    private var steps: [Step] = []

    /// Compiles the nodes forward. The outputs of `results` will be asked for.
    init(_ network: Network, results: [String], builder: ProgramBuilder) throws {
        let folding = NormalizationFolding(network: network, results: Set(results), builder: builder)
        var tensors: [String: (tensor: Tensor, shape: Shape)] = [:]
        for input in network.inputs {
            let layout = try Layout.examples(input.shape, batch: builder.batchSize)
            let tensor = Tensor(input.name, layout, memory: Memory(byteCount: layout.byteCount))
            inputs[input.name] = tensor
            // Callers write float32; what the layers read may be something else.
            let layers = try Layout.examples(
                input.shape, batch: builder.batchSize, elementType: builder.precision.elementType(for: input.shape))
            tensors[input.name] = (try builder.reordered(tensor, to: layers, for: "the layers"), input.shape)
        }

        for node in network.nodes {
            let readers = network.nodes.filter { $0.inputs.contains(node.name) }
            guard !builder.isTraining || readers.count <= 1 else {
                throw NetworkError(
                    "the output of layer '\(node.name)' is read \(readers.count) times; training supports one reader")
            }
            let sources = node.inputs.compactMap { tensors[$0] }
            let context = LayerContext(
                node: node, inputs: sources.map(\.tensor), inputShapes: sources.map(\.shape),
                readersAreDense: !readers.isEmpty && readers.allSatisfy { $0.layer is Dense }, builder: builder,
                normalization: folding.normalization(behind: node), isLeftToDense: folding.isLeftToDense(node))
            let step = try Self.compile(context)
            tensors[node.name] = (step.output, step.layer.outputShape)
            steps.append(step)
        }
    }

    private static func compile(_ context: LayerContext) throws -> Step {
        guard let executable = context.node.layer as? any ExecutableLayer else {
            throw NetworkError("layer '\(context.name)': there is no way to run a \(context.node.layer.kind)")
        }
        let layer = try executable.compile(context)
        guard (context.node.layer as? Dense)?.activation == .softmax else {
            return Step(node: context.node, layer: layer, softmax: nil)
        }
        let softmax = try ActivationLayer(.softmax).compile(
            LayerContext(
                node: context.node, inputs: [layer.output], inputShapes: [layer.outputShape], readersAreDense: false,
                builder: context.builder))
        return Step(node: context.node, layer: layer, softmax: softmax)
    }

    /// What node `name` writes.
    func output(of name: String) throws -> Tensor { try step(name).output }

    private func step(_ name: String) throws -> Step {
        guard let step = steps.first(where: { $0.node.name == name }) else {
            throw NetworkError("the network has no layer '\(name)'")
        }
        return step
    }

    /// The result of node `name`, kept so that it can be read when all has run.
    func emitResult(of name: String, to builder: ProgramBuilder) throws -> Tensor {
        let step = try step(name)
        let layout = try Layout.examples(step.layer.outputShape, batch: builder.batchSize)
        let result = Tensor("\(name) result", layout, memory: Memory(byteCount: layout.byteCount))
        try builder.emitReorder(step.output, into: result)
        return result
    }

    /// The scores before the softmax of the dense layer `name`.
    func scores(of name: String) throws -> Tensor {
        let step = try step(name)
        guard step.node.layer is Dense else {
            throw NetworkError("a network is trained on the output of a Dense layer; '\(name)' is none")
        }
        return step.layer.output
    }

    /// Emits the backward passes from the gradient of the scores of `name` down to every trainable weight, and down to
    /// the inputs if `includingInputs`.
    /// - Returns: the inputs' gradients, where they were asked for.
    @discardableResult
    func emitBackward(
        from gradient: Tensor, at name: String, includingInputs: Bool = false
    ) throws -> [String: Tensor] {
        var trained: Set<String> = includingInputs ? Set(inputs.keys) : []
        for node in steps.map(\.node)
        where node.weights.contains(where: \.isTrainable) || !trained.isDisjoint(with: node.inputs) {
            trained.insert(node.name)
        }
        var gradients = [name: gradient]
        for step in steps.reversed() {
            guard let gradient = gradients[step.node.name] else { continue }
            let results = try step.emitBackward(
                gradient, isOfScores: step.node.name == name, isWanted: step.node.inputs.map(trained.contains))
            for (source, result) in zip(step.node.inputs, results) { gradients[source] = result }
        }
        return gradients.filter { inputs.keys.contains($0.key) }
    }
}
