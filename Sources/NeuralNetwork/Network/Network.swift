/// A graph of named layers with known shapes: what is computed, from which inputs, in which order. A plain value;
/// `Program` runs it.
public struct Network: Hashable, Sendable {
    /// A place where data enters.
    public struct Input: Hashable, Sendable {
        /// The name that other nodes refer to.
        public let name: String
        /// The shape of one example.
        public let shape: Shape
    }

    /// One layer in its place.
    public struct Node: Sendable {
        /// Unique in the network, such as `image.conv2d_1`.
        public let name: String
        /// What is computed.
        public let layer: any Layer
        /// The inputs or nodes that it reads.
        public let inputs: [String]
        /// The shapes of those.
        public let inputShapes: [Shape]
        /// The shape of one example's output.
        public let outputShape: Shape
        /// The layer's weights, in Keras's order.
        public let weights: [WeightSpecification]

        /// The weight's name in files: the node's and the weight's own, `image.conv2d.kernel`.
        public func parameterName(_ weight: WeightSpecification) -> String { "\(name).\(weight.name)" }
    }

    /// Where data enters.
    public private(set) var inputs: [Input] = []
    /// The layers, each after those that it reads.
    public private(set) var nodes: [Node] = []
    /// The shape of one example at each of them, by name.
    private var shapes: [String: Shape] = [:]

    /// An empty network.
    public init() {}

    /// Adds a place where data of this shape enters.
    /// - Throws: `NetworkError` if the name is taken or the shape is not positive.
    public mutating func addInput(_ name: String, shape: Shape) throws {
        try requireNew(name)
        guard !shape.isEmpty, shape.allSatisfy({ $0 > 0 }) else {
            throw NetworkError("input '\(name)' needs positive dimensions, but has \(shape)")
        }
        inputs.append(Input(name: name, shape: shape))
        shapes[name] = shape
    }

    /// Adds a layer that reads the named inputs or nodes.
    /// - Throws: `NetworkError`, with the node's name, if the layer does not fit there.
    public mutating func add(_ layer: any Layer, name: String, reading sources: [String]) throws {
        try requireNew(name)
        let inputShapes = try sources.map { source in
            guard let shape = shape(of: source) else {
                throw NetworkError("'\(name)' reads '\(source)', which is not in the network before it")
            }
            return shape
        }
        let outputShape: Shape
        do {
            outputShape = try layer.outputShape(for: inputShapes)
        } catch let error as NetworkError {
            throw NetworkError("layer '\(name)': \(error.description)")
        }
        nodes.append(
            Node(
                name: name, layer: layer, inputs: sources, inputShapes: inputShapes, outputShape: outputShape,
                weights: layer.weights(for: inputShapes[0])))
        shapes[name] = outputShape
    }

    /// The shape of one example at an input or a node, or nil if there is none of that name.
    public func shape(of name: String) -> Shape? { shapes[name] }

    private func requireNew(_ name: String) throws {
        guard shape(of: name) == nil else {
            throw NetworkError("two parts of the network are named '\(name)'; names must be unique")
        }
    }
}

extension Network.Node: Hashable {
    /// Equal nodes have the same name, layer and inputs; the rest follows from these.
    public static func == (a: Network.Node, b: Network.Node) -> Bool {
        a.name == b.name && a.inputs == b.inputs && a.inputShapes == b.inputShapes
            && AnyHashable(a.layer) == AnyHashable(b.layer)
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(inputs)
        hasher.combine(AnyHashable(layer))
    }
}
