/// Rewrites a graph so that less memory is read and written: what one operation can do on its way out is taken off the next
/// one. The rules look for a pattern, ask the operations in it whether they can do more, and replace them.
struct Fusion {
    private var graph: Graph
    private let target: Target

    /// The graph, with everything fused that can be.
    static func fuse(_ graph: Graph, on target: Target) -> Graph {
        var pass = Fusion(graph: graph, target: target)
        if target.isTraining {
            pass.apply { $0.masksInNormalization($1) }
            pass.apply { $0.masksInReaders($1) }
        } else {
            pass.apply { $0.rescalingIntoDenseForOne($1) }
        }
        pass.apply { $0.activationIntoProducer($1) }
        if !target.isTraining { pass.apply { $0.rescalingIntoProducer($1) } }
        if target.isTraining { pass.apply { $0.denseGradients($1) } }
        return pass.graph
    }

    /// Applies a rule to each node until it applies nowhere. It gives true if it has changed the graph.
    private mutating func apply(_ rule: (inout Fusion, Int) -> Bool) {
        var index = 0
        while index < graph.nodes.count {
            if !rule(&self, index) { index += 1 } else { index = max(index - 1, 0) }
        }
    }

    /// activation(producer) → producer with the activation in its epilogue.
    private mutating func activationIntoProducer(_ index: Int) -> Bool {
        let node = graph.nodes[index]
        guard let activation = node.operation as? ActivationOperation, graph.isReadOnce(node.inputs[0]),
            let producer = graph.producer(of: node.inputs[0]), graph.nodes[producer].outputs.count == 1,
            let fused = graph.nodes[producer].operation.absorbing(activation.function)
        else { return false }
        graph.nodes[producer].operation = fused
        graph.nodes[producer].outputs = node.outputs
        graph.nodes.remove(at: index)
        return true
    }

    /// rescale(producer) → producer with the rescaling in its epilogue.
    private mutating func rescalingIntoProducer(_ index: Int) -> Bool {
        let node = graph.nodes[index]
        guard node.operation is Rescaling, graph.isReadOnce(node.inputs[0]),
            let producer = graph.producer(of: node.inputs[0]),
            let fused = graph.nodes[producer].operation.absorbingRescaling()
        else { return false }
        // Behind the node that computes the factors.
        var moved = graph.nodes[producer]
        moved.operation = fused
        moved.inputs += node.inputs.dropFirst()
        moved.outputs = node.outputs
        graph.nodes[index] = moved
        graph.nodes.remove(at: producer)
        return true
    }

    /// dense(rescale(x)) for one example → dense(x) that scales on its way in. The zeros that a ReLU leaves in x then reach the
    /// dense layer, which leaves out the rows of weights that meet them; what the shift comes to becomes part of the bias.
    private mutating func rescalingIntoDenseForOne(_ index: Int) -> Bool {
        let node = graph.nodes[index]
        guard let dense = node.operation as? Convolution, dense.isWorthSkippingZeros, graph.isReadOnce(node.inputs[0]),
            let rescaling = graph.producer(of: node.inputs[0]), graph.nodes[rescaling].operation is Rescaling
        else { return false }
        let (source, scale, shift) = (
            graph.nodes[rescaling].inputs[0], graph.nodes[rescaling].inputs[1], graph.nodes[rescaling].inputs[2]
        )
        let bias = graph.add(Value(name: "\(node.layer) folded bias", count: dense.geometry.outputChannels))
        var replaced = node
        replaced.operation = DenseForOne(
            geometry: dense.geometry, activation: dense.activation, channels: graph[scale].count)
        replaced.inputs = [source, node.inputs[1], bias, scale]
        let folding = Node(
            layer: node.layer, pass: "bias",
            operation: FoldedBias(geometry: dense.geometry, channels: graph[scale].count),
            inputs: [node.inputs[1], node.inputs[2], shift], outputs: [bias])
        graph.nodes.replaceSubrange(index...index, with: [folding, replaced])
        graph.nodes.remove(at: rescaling)
        return true
    }

    /// relu'(x) · gradients of a normalization of x → gradients of the normalization, masked.
    private mutating func masksInNormalization(_ index: Int) -> Bool {
        let node = graph.nodes[index]
        guard let gradient = node.operation as? ActivationGradient, gradient.function == .relu,
            graph.isReadOnce(node.inputs[1]), let producer = graph.producer(of: node.inputs[1]),
            var normalization = graph.nodes[producer].operation as? NormalizationGradients,
            graph.nodes[producer].inputs[0] == node.inputs[0],
            let output = graph.nodes[producer].outputs.firstIndex(of: node.inputs[1])
        else { return false }
        normalization.masksReLU = true
        graph.nodes[producer].operation = normalization
        graph.nodes[producer].outputs[output] = node.outputs[0]
        graph.nodes.remove(at: index)
        return true
    }

    /// reader(relu'(y) · gradient) → reader(gradient) that looks at y itself, if all readers can.
    private mutating func masksInReaders(_ index: Int) -> Bool {
        let node = graph.nodes[index]
        guard let gradient = node.operation as? ActivationGradient, gradient.function == .relu,
            graph[node.outputs[0]].storage == .arena
        else { return false }
        let readers = graph.readers(of: node.outputs[0])
        let fused = readers.map { reader in
            graph.nodes[reader].inputs.firstIndex(of: node.outputs[0]).flatMap {
                graph.nodes[reader].operation.absorbingMask(ofInput: $0)
            }
        }
        guard !readers.isEmpty, fused.allSatisfy({ $0 != nil }) else { return false }
        for (reader, operation) in zip(readers, fused) {
            guard let operation else { continue }
            graph.nodes[reader].operation = operation
            graph.nodes[reader].inputs =
                graph.nodes[reader].inputs.map {
                    $0 == node.outputs[0] ? node.inputs[1] : $0
                } + [node.inputs[0]]
        }
        graph.nodes.remove(at: index)
        return true
    }

    /// Both gradients of a wide dense layer → one pass over its weights.
    private mutating func denseGradients(_ index: Int) -> Bool {
        let node = graph.nodes[index]
        guard let weights = node.operation as? ConvolutionWeightGradients,
            let fused = DenseGradients(weights.geometry, sourceType: graph[node.inputs[0]].elementType, on: target)
        else { return false }
        // The gradient of the source, if somebody asks for it, reads the same gradient of the destination.
        let source = graph.nodes.firstIndex {
            $0.layer == node.layer && $0.operation is ConvolutionSourceGradient && $0.inputs[0] == node.inputs[1]
        }
        graph.nodes[index] = fused.node(
            weights: node, source: source.map { graph.nodes[$0] }, in: &graph)
        if let source { graph.nodes.remove(at: source) }
        return true
    }
}
