/// The sum of several values, element by element, times a factor: 1 over their number for their mean. Backward, each gets the
/// gradient times the factor.
struct SumOperation: Operation {
    let count: Int
    let inputs: Int
    var factor: Float = 1

    func differentiate(
        _ node: Node, outputGradients: [Graph.ValueID?], isWanted: [Bool], in graph: inout Graph
    ) throws -> [Graph.ValueID?] {
        guard let gradient = outputGradients[0] else { return node.inputs.map { _ in nil } }
        // All inputs have the same gradient.
        let result = graph.add(like: node.inputs[0], name: "\(graph[node.inputs[0]].name) gradient")
        graph.add(
            SumGradient(count: count, factor: factor), layer: node.layer, pass: "backward", inputs: [gradient],
            outputs: [result])
        return node.inputs.map { _ in result }
    }

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let (count, inputs, factor) = (count, inputs, factor)
        return [
            Kernel(
                name: "plain", cost: Double(inputs * count),
                inputs: (0..<inputs).map { _ in .elements(.float32) }, outputs: [.float32]
            ) { arguments in
                let sum = arguments.results(0)
                sum.update(from: arguments.floats(0), count: count)
                for input in 1..<inputs {
                    let values = arguments.floats(input)
                    for i in 0..<count { sum[i] += values[i] }
                }
                for i in 0..<count { sum[i] *= factor }
            }
        ]
    }
}

/// The gradient of each input of a sum.
private struct SumGradient: Operation {
    let count: Int
    let factor: Float

    func input(overwrittenBy output: Int) -> Int? { 0 }

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let (count, factor) = (count, factor)
        return [
            Kernel(name: "plain", cost: Double(count), inputs: [.elements(.float32)], outputs: [.float32]) {
                let (from, to) = ($0.floats(0), $0.results(0))
                for i in 0..<count { to[i] = from[i] * factor }
            }
        ]
    }
}
