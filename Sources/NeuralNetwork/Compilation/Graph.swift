/// A network on its way to a program: operations in the order in which they run, and the values that they read and write.
///
/// Each pass takes a graph and gives a graph. What a pass has found out stands in the graph.
struct Graph {
    /// A value's place in `values`.
    typealias ValueID = Int

    /// The values, in the order in which they were made.
    private(set) var values: [Value] = []
    /// The operations, each behind those whose values it reads.
    var nodes: [Node] = []

    /// The value of an identifier.
    subscript(id: ValueID) -> Value {
        get { values[id] }
        set { values[id] = newValue }
    }

    /// Adds a value.
    mutating func add(_ value: Value) -> ValueID {
        values.append(value)
        return values.count - 1
    }

    /// Adds a value like another one: a gradient, or what an operation makes of it.
    mutating func add(like id: ValueID, name: String) -> ValueID {
        add(Value(name: name, count: values[id].count, elementType: values[id].elementType))
    }

    /// Adds an operation that runs behind all others.
    mutating func add(
        _ operation: any Operation, layer: String, pass: String, inputs: [ValueID], outputs: [ValueID]
    ) {
        nodes.append(Node(layer: layer, pass: pass, operation: operation, inputs: inputs, outputs: outputs))
    }
}

/// An array that a program reads or writes.
struct Value {
    /// Where its memory is.
    enum Storage: Equatable {
        /// In the program's arena, where values that are never needed at the same time share memory.
        case arena
        /// Where the caller writes an input of the network, always float32.
        case input(String)
        /// Where the caller writes the examples' classes.
        case labels
        /// Where the caller reads a result, always float32.
        case result
        /// Memory of its own, for what is computed from the weights alone and stays until they change.
        case prepared
        /// The network's weights, by name.
        case parameter(String)
        /// The gradient of weights.
        case gradient(String)
        /// What the optimizer keeps for weights: the index-th of its arrays.
        case optimizerState(String, index: Int)
    }

    /// For messages and the profile.
    var name: String
    var count: Int
    var elementType = ElementType.float32
    var storage = Storage.arena

    var byteCount: Int { count * elementType.byteCount }
}

/// One operation in its place.
struct Node {
    /// The layer that it belongs to, such as `image.conv2d`.
    var layer: String
    /// What is done there, such as `forward`, `backward weights`.
    var pass: String
    var operation: any Operation
    var inputs: [Graph.ValueID]
    var outputs: [Graph.ValueID]
    /// What runs it, once it is chosen.
    var kernel: Kernel?
    /// Whether it reads nothing but weights, and so runs only when they have changed.
    var isPreparation = false

    /// `image.conv2d forward`.
    var name: String { layer.isEmpty ? pass : "\(layer) \(pass)" }
}

extension Graph {
    /// The node that writes a value, by its place in `nodes`; nil where the value comes from outside.
    func producer(of id: ValueID) -> Int? { nodes.firstIndex { $0.outputs.contains(id) } }

    /// The nodes that read a value, by their places in `nodes`.
    func readers(of id: ValueID) -> [Int] { nodes.indices.filter { nodes[$0].inputs.contains(id) } }

    /// Whether nobody but one node reads a value: neither another node nor the caller.
    func isReadOnce(_ id: ValueID) -> Bool {
        values[id].storage == .arena
            && nodes.reduce(0) { $0 + $1.inputs.count { $0 == id } } == 1
    }
}
