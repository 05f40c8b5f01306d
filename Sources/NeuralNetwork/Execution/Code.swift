import CNetworkKernels

/// A compiled graph: operations bound to memory.
struct Code {
    /// One operation, ready to run.
    struct Operation {
        let node: Node
        let arguments: Arguments
        let run: () -> Void

        init(_ node: Node, _ arguments: Arguments) {
            guard let kernel = node.kernel else { preconditionFailure("the kernels are not chosen") }
            self.node = node
            self.arguments = arguments
            run = { kernel.run(arguments) }
        }
    }

    let graph: Graph
    let target: Target
    /// What runs only when the weights have changed.
    let preparation: [Operation]
    /// Everything else, in order.
    let operations: [Operation]
    /// Kept alive: operations hold addresses in them.
    private let memories: [Memory]
    private let weights: WeightMemory
    private let addresses: [UnsafeMutableRawPointer?]

    /// Takes a graph through the passes: fuse · choose kernels · lay out · plan memory.
    /// - Parameters:
    ///   - graph: the lowered and, in training, differentiated network.
    ///   - target: what it shall run on.
    ///   - weights: where the weights lie.
    ///   - kept: values that can be read when all has run.
    /// - Throws: `NetworkError` if nothing can run an operation, or weights are missing.
    init(_ graph: Graph, on target: Target, weights: WeightMemory, keeping kept: Set<Graph.ValueID> = []) throws {
        var graph = try Fusion.fuse(graph, on: target).choosingKernels(on: target).assigningLayouts(on: target)
        // Preparation runs first and by itself, so it has the arena to itself.
        let prepared = graph.nodes.filter(\.isPreparation)
        graph.nodes.removeAll(where: \.isPreparation)
        var preparationGraph = graph
        preparationGraph.nodes = prepared
        let (plan, preparationPlan) = (
            MemoryPlan(graph, keeping: kept), MemoryPlan(preparationGraph, keeping: [])
        )
        let arena = Memory(byteCount: max(plan.byteCount, preparationPlan.byteCount))
        var memories = [arena]
        var addresses: [UnsafeMutableRawPointer?] = []
        for (id, value) in graph.values.enumerated() {
            switch value.storage {
            case .arena:
                addresses.append((plan.offsets[id] ?? preparationPlan.offsets[id]).map { arena.address + $0 })
            case .input, .labels, .result, .prepared:
                let memory = Memory(byteCount: value.byteCount)
                memories.append(memory)
                addresses.append(memory.address)
            case .parameter(let name):
                addresses.append(try weights.address(of: name, count: value.count))
            case .gradient(let name):
                addresses.append(try weights.trained.address(ofGradient: name, count: value.count))
            case .optimizerState(let name, let index):
                addresses.append(try weights.trained.address(ofState: index, name, count: value.count))
            }
        }
        func bind(_ graph: Graph, _ plan: MemoryPlan) -> [Operation] {
            graph.nodes.enumerated().map { index, node in
                func pointers(_ values: [Graph.ValueID]) -> [UnsafeMutableRawPointer] {
                    values.map { value in
                        guard let address = addresses[value] else {
                            preconditionFailure("'\(graph[value].name)' has no memory")
                        }
                        return address
                    }
                }
                return Operation(
                    node,
                    Arguments(
                        inputs: pointers(node.inputs), outputs: pointers(node.outputs),
                        scratch: plan.scratchOffsets[index].map { arena.address + $0 }))
            }
        }
        operations = bind(graph, plan)
        preparation = bind(preparationGraph, preparationPlan)
        self.graph = graph
        self.target = target
        self.memories = memories
        self.weights = weights
        self.addresses = addresses
    }

    /// Where a value lies.
    func address(_ value: Graph.ValueID) -> UnsafeMutableRawPointer {
        guard let address = addresses[value] else { preconditionFailure("'\(graph[value].name)' has no memory") }
        return address
    }

    /// A value's float32 numbers.
    func floats(_ value: Graph.ValueID) -> UnsafeMutableBufferPointer<Float> {
        precondition(graph[value].elementType == .float32, "'\(graph[value].name)' is not float32")
        return UnsafeMutableBufferPointer(
            start: address(value).assumingMemoryBound(to: Float.self), count: graph[value].count)
    }
}

/// Where a program's weights lie.
package enum WeightMemory {
    /// Weights that are trained.
    case store(ParameterStore)
    /// Weights that never change.
    case frozen(FrozenParameters)

    var store: ParameterStore? {
        switch self {
        case .store(let store): store
        case .frozen: nil
        }
    }

    /// The store of a program that trains.
    var trained: ParameterStore {
        guard let store else { preconditionFailure("weights that never change have no gradients") }
        return store
    }

    func address(of name: String, count: Int) throws -> UnsafeMutableRawPointer {
        switch self {
        case .store(let store): try store.address(of: name, count: count)
        case .frozen(let parameters): try parameters.address(of: name, count: count)
        }
    }
}
