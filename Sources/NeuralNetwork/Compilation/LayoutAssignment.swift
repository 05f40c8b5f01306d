import CNetworkKernels

extension Graph {
    /// Brings every value into the form in which the chosen kernels take it: inserts the conversions between element types,
    /// and the packing of weights. In inference, what depends on nothing but weights becomes preparation.
    ///
    /// Activations need no more: they lie in Keras's order everywhere.
    func assigningLayouts(on target: Target) throws -> Graph {
        var graph = self
        graph.nodes = []
        var converted: [Conversion: ValueID] = [:]
        for node in nodes {
            guard let kernel = node.kernel else { preconditionFailure("the kernels are not chosen") }
            var node = node
            for (index, requirement) in kernel.inputs.enumerated() {
                let input = node.inputs[index]
                switch requirement {
                case .asItIs: continue
                case .elements(let type):
                    let conversion = Conversion(value: input, type: type)
                    guard graph[input].elementType != type else { continue }
                    if converted[conversion] == nil {
                        converted[conversion] = try graph.insertConversion(of: input, to: type, for: node, on: target)
                    }
                    node.inputs[index] = converted[conversion]!
                case .packed(let packing):
                    let packed = graph.add(
                        Value(name: "\(graph[input].name) \(packing.pass)", count: packing.count))
                    try graph.insert(
                        PackOperation(packing: packing), packing.pass, for: node, from: input, to: packed, on: target)
                    node.inputs[index] = packed
                }
            }
            var wanted: [(ValueID, ValueID)] = []
            for (index, type) in kernel.outputs.enumerated() where graph[node.outputs[index]].elementType != type {
                let output = node.outputs[index]
                let plain = graph.add(Value(name: graph[output].name, count: graph[output].count, elementType: type))
                wanted.append((plain, output))
                node.outputs[index] = plain
            }
            graph.nodes.append(node)
            for (from, to) in wanted {
                try graph.insert(ConvertOperation(), "convert", for: node, from: from, to: to, on: target)
            }
        }
        if !target.isTraining { graph.markPreparation() }
        return graph
    }

    private struct Conversion: Hashable {
        let value: ValueID
        let type: ElementType
    }

    private mutating func insertConversion(
        of input: ValueID, to type: ElementType, for node: Node, on target: Target
    ) throws -> ValueID {
        let result = add(Value(name: "\(self[input].name) as \(type)", count: self[input].count, elementType: type))
        try insert(ConvertOperation(), "convert", for: node, from: input, to: result, on: target)
        return result
    }

    private mutating func insert(
        _ operation: any Operation, _ pass: String, for node: Node, from input: ValueID, to output: ValueID,
        on target: Target
    ) throws {
        var added = Node(layer: node.layer, pass: pass, operation: operation, inputs: [input], outputs: [output])
        added.kernel = try candidates(for: added, on: target).first
        nodes.append(added)
    }

    private mutating func markPreparation() {
        func isSettled(_ id: ValueID) -> Bool {
            switch self[id].storage {
            case .parameter, .prepared: true
            case .arena, .input, .labels, .result, .gradient, .optimizerState: false
            }
        }
        for index in nodes.indices where !nodes[index].inputs.isEmpty && nodes[index].inputs.allSatisfy(isSettled) {
            nodes[index].isPreparation = true
            for output in nodes[index].outputs where self[output].storage == .arena { self[output].storage = .prepared }
        }
    }
}

/// Brings weights into the order that a kernel wants.
struct PackOperation: Operation {
    let packing: Kernel.Packing

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let pack = packing.pack
        return [Kernel(name: "pack", cost: Double(packing.count)) { pack($0.floats(0), $0.results(0)) }]
    }
}

/// The same numbers as elements of another type, or in other memory.
struct ConvertOperation: Operation {
    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let (from, to) = (graph[node.inputs[0]], graph[node.outputs[0]])
        let (count, convert, threads) = (from.count, target.set.elementwise.convert!, target.threads)
        let (fromType, toType) = (from.elementType.ofKernels, to.elementType.ofKernels)
        return [
            Kernel(name: "vector", cost: Double(count)) {
                convert($0.inputs[0], fromType, $0.outputs[0], toType, count, threads)
            }
        ]
    }
}
