/// The product of several values, element by element. Backward, each gets the gradient times the product of the others.
struct ProductOperation: Operation {
    let count: Int

    func differentiate(
        _ node: Node, outputGradients: [Graph.ValueID?], isWanted: [Bool], in graph: inout Graph
    ) throws -> [Graph.ValueID?] {
        guard let gradient = outputGradients[0] else { return node.inputs.map { _ in nil } }
        return node.inputs.indices.map { index in
            guard isWanted[index] else { return nil }
            let result = graph.add(like: node.inputs[index], name: "\(graph[node.inputs[index]].name) gradient")
            var factors = node.inputs
            factors[index] = gradient
            graph.add(self, layer: node.layer, pass: "backward", inputs: factors, outputs: [result])
            return result
        }
    }

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let (count, inputs) = (count, node.inputs.count)
        return [
            Kernel(
                name: "plain", cost: Double(inputs * count), inputs: node.inputs.map { _ in .elements(.float32) },
                outputs: [.float32]
            ) { arguments in
                let product = arguments.results(0)
                product.update(from: arguments.floats(0), count: count)
                for input in 1..<inputs {
                    let values = arguments.floats(input)
                    for i in 0..<count { product[i] *= values[i] }
                }
            }
        ]
    }
}
