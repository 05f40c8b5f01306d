import Foundation

/// log p / T of each element. Below the smallest probability counted, the logarithm is that one's and has no slope.
struct TemperedLogOperation: Operation {
    let count: Int

    func differentiate(
        _ node: Node, outputGradients: [Graph.ValueID?], isWanted: [Bool], in graph: inout Graph
    ) throws -> [Graph.ValueID?] {
        guard let gradient = outputGradients[0], isWanted[0] else { return [nil, nil] }
        let result = graph.add(like: node.inputs[0], name: "\(graph[node.inputs[0]].name) gradient")
        graph.add(
            TemperedLogGradient(count: count), layer: node.layer, pass: "backward",
            inputs: node.inputs + [gradient], outputs: [result])
        return [result, nil]
    }

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let count = count
        return [
            Kernel(
                name: "plain", cost: Double(20 * count), inputs: [.elements(.float32), .elements(.float32)],
                outputs: [.float32]
            ) {
                let (from, to, temperature) = ($0.floats(0), $0.results(0), $0.floats(1)[0])
                for i in 0..<count { to[i] = log(max(from[i], TemperedLog.smallestProbability)) / temperature }
            }
        ]
    }
}

/// The gradient of log p / T for p: reads p, T and the output's gradient.
private struct TemperedLogGradient: Operation {
    let count: Int

    func input(overwrittenBy output: Int) -> Int? { 2 }

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let count = count
        return [
            Kernel(
                name: "plain", cost: Double(count), inputs: (0..<3).map { _ in .elements(.float32) },
                outputs: [.float32]
            ) {
                let (values, temperature, gradient) = ($0.floats(0), $0.floats(1)[0], $0.floats(2))
                let to = $0.results(0)
                for i in 0..<count {
                    to[i] = values[i] > TemperedLog.smallestProbability ? gradient[i] / (temperature * values[i]) : 0
                }
            }
        ]
    }
}
