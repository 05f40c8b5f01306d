import CNetworkKernels

/// An activation function of each element.
struct ActivationOperation: Operation {
    let function: Activation

    func input(overwrittenBy output: Int) -> Int? { 0 }

    func differentiate(
        _ node: Node, outputGradients: [Graph.ValueID?], isWanted: [Bool], in graph: inout Graph
    ) throws -> [Graph.ValueID?] {
        guard let gradient = outputGradients[0] else { return [nil] }
        let values = kernel_activation_gradient_reads_output(function.ofKernels) ? node.outputs[0] : node.inputs[0]
        let result = graph.add(like: node.inputs[0], name: "\(graph[node.inputs[0]].name) gradient")
        graph.add(
            ActivationGradient(function: function), layer: node.layer, pass: "backward \(function.rawValue)",
            inputs: [values, gradient], outputs: [result])
        return [result]
    }

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let input = graph[node.inputs[0]]
        let (count, type, function) = (input.count, input.elementType, function.ofKernels)
        let (activation, threads) = (target.set.elementwise.activation!, target.threads)
        return [
            Kernel(name: "vector", cost: Double(count), inputs: [.elements(type)], outputs: [type]) {
                activation(function, $0.inputs[0], $0.outputs[0], count, type.ofKernels, threads)
            }
        ]
    }
}

/// The gradient of an activation function: reads its outputs or its inputs, whichever its derivative is computed from, and the
/// output's gradient.
struct ActivationGradient: Operation {
    let function: Activation

    func input(overwrittenBy output: Int) -> Int? { 1 }

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let values = graph[node.inputs[0]]
        let (count, type, function) = (values.count, values.elementType, function.ofKernels)
        let (gradient, threads) = (target.set.elementwise.activation_gradient!, target.threads)
        return [
            Kernel(name: "vector", cost: Double(count), inputs: [.elements(type), .elements(type)], outputs: [type]) {
                gradient(function, $0.inputs[0], $0.inputs[1], $0.outputs[0], count, type.ofKernels, threads)
            }
        ]
    }
}

/// Softmax of each row.
struct SoftmaxOperation: Operation {
    let columns: Int

    func differentiate(
        _ node: Node, outputGradients: [Graph.ValueID?], isWanted: [Bool], in graph: inout Graph
    ) throws -> [Graph.ValueID?] {
        guard let gradient = outputGradients[0] else { return [nil] }
        let result = graph.add(like: node.inputs[0], name: "\(graph[node.inputs[0]].name) gradient")
        graph.add(
            SoftmaxGradient(columns: columns), layer: node.layer, pass: "backward softmax",
            inputs: [node.outputs[0], gradient], outputs: [result])
        return [result]
    }

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let (rows, columns, softmax) = (graph[node.inputs[0]].count / columns, columns, target.set.elementwise.softmax!)
        return [
            Kernel(name: "plain", cost: Double(rows * columns), inputs: [.elements(.float32)], outputs: [.float32]) {
                softmax($0.floats(0), $0.results(0), rows, columns)
            }
        ]
    }
}

/// The gradient of softmax: reads its output and the output's gradient.
struct SoftmaxGradient: Operation {
    let columns: Int

    func input(overwrittenBy output: Int) -> Int? { 1 }

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let (rows, columns) = (graph[node.inputs[0]].count / columns, columns)
        let gradient = target.set.elementwise.softmax_gradient!
        return [
            Kernel(
                name: "plain", cost: Double(rows * columns), inputs: [.elements(.float32), .elements(.float32)],
                outputs: [.float32]
            ) { gradient($0.floats(0), $0.floats(1), $0.results(0), rows, columns) }
        ]
    }
}
