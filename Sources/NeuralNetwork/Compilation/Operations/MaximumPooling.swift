import CNetworkKernels

/// The largest value of each window. Writes it, and in training where in the window it was.
struct MaximumPooling: Operation {
    let batch: Int
    /// Height, width and channels of the source.
    let source: (height: Int, width: Int, channels: Int)
    let pool: (height: Int, width: Int)

    func shape(_ type: ElementType) -> kernel_pooling {
        kernel_pooling(
            batch: batch, height: source.height, width: source.width, channels: source.channels,
            pool_height: pool.height,
            pool_width: pool.width, type: type.ofKernels)
    }

    func differentiate(
        _ node: Node, outputGradients: [Graph.ValueID?], isWanted: [Bool], in graph: inout Graph
    ) throws -> [Graph.ValueID?] {
        guard let gradient = outputGradients[0] else { return [nil] }
        let result = graph.add(like: node.inputs[0], name: "\(graph[node.inputs[0]].name) gradient")
        graph.add(
            MaximumPoolingGradient(pooling: self), layer: node.layer, pass: "backward",
            inputs: [gradient, node.outputs[1]], outputs: [result])
        return [result]
    }

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let type = graph[node.inputs[0]].elementType
        let (shape, kernels, threads, keepsPlaces) = (
            shape(type), target.set.pooling, target.threads, node.outputs.count > 1
        )
        return [
            Kernel(
                name: "vector", cost: Double(graph[node.inputs[0]].count), inputs: [.elements(type)], outputs: [type]
            ) { arguments in
                withUnsafePointer(to: shape) {
                    kernels.maximum(
                        $0, arguments.inputs[0], arguments.outputs[0],
                        keepsPlaces ? arguments.outputs[1].assumingMemoryBound(to: UInt8.self) : nil, threads)
                }
            }
        ]
    }
}

/// The gradient of max pooling: reads the output's gradient and where the maxima were.
struct MaximumPoolingGradient: Operation {
    let pooling: MaximumPooling

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let type = graph[node.inputs[0]].elementType
        let (shape, kernels, threads) = (pooling.shape(type), target.set.pooling, target.threads)
        return [
            Kernel(
                name: "vector", cost: Double(graph[node.outputs[0]].count), inputs: [.elements(type)], outputs: [type]
            ) { arguments in
                withUnsafePointer(to: shape) {
                    kernels.maximum_gradient(
                        $0, arguments.inputs[0], arguments.inputs[1].assumingMemoryBound(to: UInt8.self),
                        arguments.outputs[0], threads)
                }
            }
        ]
    }
}
