import CNetworkKernels

/// Both gradients of a wide dense layer in one pass over its weights: what is to be done with a few rows of them is done while
/// they are in cache. Where a step of Adam is under way, that is done too, and the gradient of the weights never goes through
/// memory.
///
/// Reads source, output's gradient and weights, and the optimizer's state. Writes the gradients of weights and bias, and
/// that of the source where it is wanted.
struct DenseGradients: Operation {
    let geometry: ConvolutionGeometry
    var givesSourceGradient = false

    var products: Double { geometry.products * (givesSourceGradient ? 2 : 1) }

    /// Weights below this many fit into the second-level cache with their gradient, and nothing is gained.
    private static let leastWeights = 1 << 17

    /// The operation, if it is worth while and the target has kernels for it.
    init?(_ geometry: ConvolutionGeometry, sourceType: ElementType, on target: Target) {
        guard geometry.isDense, geometry.weightCount >= Self.leastWeights,
            !target.excludedKernels.contains("wide dense")
        else { return nil }
        var shape = geometry.dense(sourceType)
        guard target.set.dense.is_supported(&shape) else { return nil }
        self.geometry = geometry
    }

    /// The node that does what two nodes did, the second one where there is one.
    func node(weights: Node, source: Node?, in graph: inout Graph) -> Node {
        guard case .gradient(let name) = graph[weights.outputs[0]].storage else {
            preconditionFailure("the gradient of weights goes into the store")
        }
        var operation = self
        operation.givesSourceGradient = source != nil
        let count = geometry.weightCount
        let parameter = graph.add(Value(name: name, count: count, storage: .parameter(name)))
        let states = (0..<2).map {
            graph.add(Value(name: "\(name) state", count: count, storage: .optimizerState(name, index: $0)))
        }
        return Node(
            layer: weights.layer, pass: "backward", operation: operation,
            inputs: [weights.inputs[0], weights.inputs[1], parameter] + states,
            outputs: weights.outputs + (source?.outputs ?? []))
    }

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let type = graph[node.inputs[0]].elementType
        var shape = geometry.dense(type)
        let (set, threads, state, givesSourceGradient) = (target.set, target.threads, target.state, givesSourceGradient)
        return [
            Kernel(
                name: "wide dense", cost: geometry.products * 2, inputs: [.asItIs, .elements(.float32)],
                outputs: [.float32, .float32] + (givesSourceGradient ? [type] : []),
                scratchBytes: set.dense.scratch(&shape, threads)
            ) { arguments in
                set.elementwise.column_sums(arguments.floats(1), arguments.results(1), shape.batch, shape.units)
                let adam = state.adam
                withUnsafePointer(to: shape) { shape in
                    withUnsafePointer(
                        to: kernel_dense_gradients(
                            source: arguments.inputs[0], destination_gradient: arguments.floats(1),
                            weights: arguments.floats(2),
                            source_gradient: givesSourceGradient ? arguments.outputs[2] : nil,
                            weight_gradient: adam == nil ? arguments.results(0) : nil,
                            first_moment: arguments.floats(3), second_moment: arguments.floats(4),
                            adam: adam ?? kernel_adam())
                    ) { set.dense.backward(shape, $0, arguments.scratch, threads) }
                }
            }
        ]
    }
}
