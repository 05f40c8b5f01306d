import CNetworkKernels

/// The sum of two values.
struct AddOperation: Operation {
    func input(overwrittenBy output: Int) -> Int? { 0 }

    func differentiate(
        _ node: Node, outputGradients: [Graph.ValueID?], isWanted: [Bool], in graph: inout Graph
    ) throws -> [Graph.ValueID?] { [outputGradients[0], outputGradients[0]] }

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let output = graph[node.outputs[0]]
        let (count, type) = (output.count, output.elementType)
        let (add, threads) = (target.set.elementwise.add!, target.threads)
        return [
            Kernel(name: "vector", cost: Double(count), inputs: [.elements(type), .elements(type)], outputs: [type]) {
                add($0.inputs[0], $0.inputs[1], $0.outputs[0], count, type.ofKernels, threads)
            }
        ]
    }
}
