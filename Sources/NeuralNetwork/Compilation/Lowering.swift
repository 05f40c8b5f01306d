/// A layer's input or output while a network is brought down to operations: a value, and its shape as Keras has it. Layers
/// that only see the same numbers in another shape give the same value with that shape.
public struct SymbolicTensor {
    let value: Graph.ValueID
    /// One example's shape.
    public let shape: Shape

    /// The same numbers, in the same order, seen as another shape of as many elements.
    public func reshaped(to shape: Shape) -> SymbolicTensor {
        precondition(shape.elementCount == self.shape.elementCount)
        return SymbolicTensor(value: value, shape: shape)
    }
}

/// Where a layer's operations go while a network is brought down to them.
public struct Lowering {
    var graph = Graph()
    let batchSize: Int
    /// Whether the batch's own statistics are used, and elements are dropped.
    public let isTraining: Bool
    let precision: Precision
    /// The layer under way.
    private(set) var node: Network.Node!
    /// What was made so far, by the names of inputs and nodes.
    private(set) var tensors: [String: SymbolicTensor] = [:]

    init(
        _ network: Network, batchSize: Int, isTraining: Bool, precision: Precision = .float32
    ) throws {
        self.batchSize = batchSize
        self.isTraining = isTraining
        self.precision = precision
        for input in network.inputs {
            let value = Value(
                name: input.name, count: batchSize * input.shape.elementCount, storage: .input(input.name))
            tensors[input.name] = SymbolicTensor(value: graph.add(value), shape: input.shape)
        }
        for node in network.nodes {
            self.node = node
            tensors[node.name] = try node.layer.lower(node.inputs.compactMap { tensors[$0] }, in: &self)
        }
    }

    /// What a node or an input gives.
    func tensor(_ name: String) throws -> SymbolicTensor {
        guard let tensor = tensors[name] else { throw NetworkError("the network has no layer '\(name)'") }
        return tensor
    }

    /// The layer's weights of this name.
    func parameter(_ name: String) throws -> WeightSpecification {
        guard let weight = node.weights.first(where: { $0.name == name }) else {
            throw NetworkError("layer '\(node.name)' has no weights '\(name)'")
        }
        return weight
    }

    /// The value of the layer's weights of this name.
    mutating func weights(_ name: String) throws -> Graph.ValueID {
        let weight = try parameter(name)
        let name = node.parameterName(weight)
        return graph.add(Value(name: name, count: weight.shape.elementCount, storage: .parameter(name)))
    }

    /// A value of this shape for each example.
    mutating func activation(_ shape: Shape) -> SymbolicTensor {
        let value = Value(
            name: node.name, count: batchSize * shape.elementCount, elementType: precision.elementType(for: shape))
        return SymbolicTensor(value: graph.add(value), shape: shape)
    }

    /// Adds an operation of the layer's that reads some values and gives one of this shape.
    mutating func emit(
        _ operation: any Operation, pass: String = "forward", reading inputs: [Graph.ValueID], shape: Shape
    ) -> SymbolicTensor {
        let output = activation(shape)
        graph.add(operation, layer: node.name, pass: pass, inputs: inputs, outputs: [output.value])
        return output
    }

    /// A value of float32 numbers that are not an example's.
    mutating func numbers(_ count: Int, _ name: String) -> Graph.ValueID {
        graph.add(Value(name: "\(node.name) \(name)", count: count))
    }

    /// Applies an activation.
    mutating func apply(_ activation: Activation, to tensor: SymbolicTensor) -> SymbolicTensor {
        switch activation.form {
        case .identity: tensor
        case .elementwise:
            emit(
                ActivationOperation(function: activation), pass: "forward \(activation.rawValue)",
                reading: [tensor.value], shape: tensor.shape)
        case .rowwise:
            emit(
                SoftmaxOperation(columns: tensor.shape[tensor.shape.count - 1]), pass: "forward softmax",
                reading: [tensor.value], shape: tensor.shape)
        }
    }
}
