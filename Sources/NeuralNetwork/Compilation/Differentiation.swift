/// The backward pass: reverse-mode differentiation of a graph.
struct Differentiation {
    private var graph: Graph
    private var gradients: [Graph.ValueID: [Graph.ValueID]] = [:]
    private let needed: Set<Graph.ValueID>

    /// Adds to a graph the operations that take the gradients of some values to the gradients of the trainable weights, and of
    /// other values that are asked for.
    /// - Parameters:
    ///   - graph: the forward pass.
    ///   - seeds: values and their gradients.
    ///   - trainable: the names of weights that have gradients.
    ///   - inputs: other values whose gradients are wanted.
    /// - Returns: the graph, and the gradients of `inputs`, where the seeds depend on them.
    /// - Throws: `NetworkError` where an operation has no gradient.
    static func differentiate(
        _ graph: Graph, seeds: [(value: Graph.ValueID, gradient: Graph.ValueID)], trainable: Set<String>,
        inputs: [Graph.ValueID] = []
    ) throws -> (graph: Graph, gradients: [Graph.ValueID: Graph.ValueID]) {
        var pass = Differentiation(graph, trainable: trainable, inputs: inputs)
        for seed in seeds { pass.gradients[seed.value, default: []].append(seed.gradient) }
        for node in graph.nodes.reversed() { try pass.differentiate(node) }
        var found: [Graph.ValueID: Graph.ValueID] = [:]
        for input in inputs { found[input] = pass.gradient(of: input, layer: graph[input].name) }
        return (pass.graph, found)
    }

    private init(_ graph: Graph, trainable: Set<String>, inputs: [Graph.ValueID]) {
        self.graph = graph
        var needed = Set(inputs)
        for id in graph.values.indices {
            if case .parameter(let name) = graph[id].storage, trainable.contains(name) { needed.insert(id) }
        }
        for node in graph.nodes where !needed.isDisjoint(with: node.inputs) { needed.formUnion(node.outputs) }
        self.needed = needed
    }

    private mutating func differentiate(_ node: Node) throws {
        let isWanted = node.inputs.map(needed.contains)
        let outputGradients = node.outputs.map { gradient(of: $0, layer: node.layer) }
        guard isWanted.contains(true), outputGradients.contains(where: { $0 != nil }) else { return }
        let results = try node.operation.differentiate(
            node, outputGradients: outputGradients, isWanted: isWanted, in: &graph)
        for (input, result) in zip(node.inputs, results) {
            if let result, needed.contains(input) { gradients[input, default: []].append(result) }
        }
    }

    /// The gradient of a value: the sum of what its readers have found.
    private mutating func gradient(of value: Graph.ValueID, layer: String) -> Graph.ValueID? {
        guard let parts = gradients[value], var sum = parts.first else { return nil }
        for part in parts.dropFirst() {
            let total = graph.add(like: value, name: "\(graph[value].name) gradient")
            graph.add(AddOperation(), layer: layer, pass: "backward sum", inputs: [sum, part], outputs: [total])
            sum = total
        }
        gradients[value] = [sum]
        return sum
    }
}

extension Graph {
    /// Adds the value that takes the gradient of a parameter.
    mutating func addGradient(ofParameter id: ValueID) -> ValueID {
        guard case .parameter(let name) = self[id].storage else {
            preconditionFailure("'\(self[id].name)' is no parameter")
        }
        return add(Value(name: "\(name) gradient", count: self[id].count, storage: .gradient(name)))
    }
}
