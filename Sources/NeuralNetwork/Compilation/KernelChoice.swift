import CNetworkKernels

extension Graph {
    /// Chooses a kernel for each node: the one that should cost least, and a reference kernel only where there is no other.
    /// - Throws: `NetworkError` with the layer's name where nothing can run a node.
    func choosingKernels(on target: Target) throws -> Graph {
        var graph = self
        for index in nodes.indices {
            graph.nodes[index].kernel = try candidates(for: nodes[index], on: target).first
        }
        return graph
    }

    /// The kernels that can run a node, the best one first.
    func candidates(for node: Node, on target: Target) throws -> [Kernel] {
        let kernels = node.operation.kernels(for: node, in: self, on: target)
        let allowed = kernels.filter { !target.excludedKernels.contains($0.name) }
        guard !allowed.isEmpty else {
            let types = node.inputs.map { "\(self[$0].elementType)" }.joined(separator: ", ")
            throw NetworkError(
                "layer '\(node.layer)': nothing can run its \(node.pass) pass on inputs of \(types) "
                    + "with \(String(cString: target.set.name))")
        }
        return allowed.sorted { ($0.isReference ? 1 : 0, $0.cost) < ($1.isReference ? 1 : 0, $1.cost) }
    }
}
