/// The mean of several values, element by element. Backward, each gets its share of the gradient.
struct AverageOperation: Operation {
    let count: Int
    let inputs: Int

    func differentiate(
        _ node: Node, outputGradients: [Graph.ValueID?], isWanted: [Bool], in graph: inout Graph
    ) throws -> [Graph.ValueID?] {
        guard let gradient = outputGradients[0] else { return node.inputs.map { _ in nil } }
        // All inputs have the same gradient.
        let result = graph.add(like: node.inputs[0], name: "\(graph[node.inputs[0]].name) gradient")
        graph.add(
            AverageGradient(count: count, inputs: inputs), layer: node.layer, pass: "backward", inputs: [gradient],
            outputs: [result])
        return node.inputs.map { _ in result }
    }

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let (count, inputs) = (count, inputs)
        return [
            Kernel(
                name: "plain", cost: Double(inputs * count),
                inputs: (0..<inputs).map { _ in .elements(.float32) }, outputs: [.float32]
            ) { arguments in
                let (sum, share) = (arguments.results(0), 1 / Float(inputs))
                sum.update(from: arguments.floats(0), count: count)
                for input in 1..<inputs {
                    let values = arguments.floats(input)
                    for i in 0..<count { sum[i] += values[i] }
                }
                for i in 0..<count { sum[i] *= share }
            }
        ]
    }
}

/// The gradient of each input of a mean.
private struct AverageGradient: Operation {
    let count: Int
    let inputs: Int

    func input(overwrittenBy output: Int) -> Int? { 0 }

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let (count, share) = (count, 1 / Float(inputs))
        return [
            Kernel(name: "plain", cost: Double(count), inputs: [.elements(.float32)], outputs: [.float32]) {
                let (from, to) = ($0.floats(0), $0.results(0))
                for i in 0..<count { to[i] = from[i] * share }
            }
        ]
    }
}
