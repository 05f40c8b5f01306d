/// A network compiled to answer: if the output is to change in this direction, how do the inputs and the weights? The
/// plain chain rule, without a loss; what layers are checked with.
package final class VectorJacobianProduct {
    private let code: Code
    private let store: ParameterStore
    private let inputs: [String: Graph.ValueID]
    private let inputGradients: [String: Graph.ValueID]
    private let upstreamValue: Graph.ValueID
    private let result: Graph.ValueID

    /// Compiles the network in training mode, up to its node `output`. The weights are those of `store`, where the
    /// weights' gradients are to be found after a run.
    package init(
        _ network: Network, output: String, batchSize: Int, precision: Precision = .float32, store: ParameterStore,
        options: Program.Options = Program.Options()
    ) throws {
        let lowering = try Lowering(network, batchSize: batchSize, isTraining: true, precision: precision)
        var graph = lowering.graph
        let end = try lowering.tensor(output).value
        inputs = try Dictionary(
            uniqueKeysWithValues: network.inputs.map { ($0.name, try lowering.tensor($0.name).value) })
        upstreamValue = graph.add(
            Value(name: "upstream", count: graph[end].count, storage: .input("upstream")))
        // A copy of the output's own type, which the backward pass may overwrite.
        let gradient = graph.add(like: end, name: "\(output) gradient")
        graph.add(ConvertOperation(), layer: output, pass: "upstream", inputs: [upstreamValue], outputs: [gradient])
        let (differentiated, gradients) = try Differentiation.differentiate(
            graph, seeds: [(end, gradient)], trainable: network.trainableNames, inputs: Array(inputs.values))
        graph = differentiated
        result = graph.addResult(of: end, name: output)
        inputGradients = try inputs.mapValues { input in
            guard let gradient = gradients[input] else {
                throw NetworkError("the output '\(output)' does not depend on an input")
            }
            return graph.addResult(of: gradient, name: "input gradient")
        }
        code = try Code(graph, on: options.target(isTraining: true), weights: .store(store))
        self.store = store
    }

    /// Where a run reads input `name`.
    package func input(_ name: String) -> UnsafeMutableBufferPointer<Float> { code.floats(inputs[name]!) }
    /// The direction, in the output's shape.
    package var upstream: UnsafeMutableBufferPointer<Float> { code.floats(upstreamValue) }
    /// What the last run computed forward.
    package var output: UnsafeBufferPointer<Float> { UnsafeBufferPointer(code.floats(result)) }
    /// How input `name` would have to change.
    package func inputGradient(_ name: String) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(code.floats(inputGradients[name]!))
    }

    /// Runs forward and backward.
    package func run() {
        for operation in code.preparation + code.operations { operation.run() }
    }

    /// Moves the weights along the gradients of the last run.
    package func update(_ optimizer: some Optimizer, step: Int) {
        store.update(optimizer, step: step, on: OptimizerRuntime(target: code.target))
    }
}
