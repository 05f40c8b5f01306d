extension LayerKinds {
    /// The layers of this file.
    static let poolings: [any Layer.Type] = [MaxPooling1D.self, MaxPooling2D.self]
}

/// The largest value of each window of `pool` steps, channel by channel. Windows do not overlap; a last incomplete one
/// is dropped.
///
/// Input `[steps, channels]`, output `[steps / pool, channels]`.
public struct MaxPooling1D: Layer {
    /// The layer's name in files and summaries.
    public static let kind = "MaxPooling1D"
    /// What the kind alone stands for.
    public static let withDefaults: MaxPooling1D? = MaxPooling1D()
    /// The settings that files may give.
    public static let settingNames = ["pool"]

    /// The window's length, and the stride.
    public var pool: Int

    /// Makes the layer's description; Keras's default.
    public init(pool: Int = 2) {
        self.pool = pool
    }

    /// Reads the settings; any may be absent.
    public init(from decoder: any Decoder) throws {
        let settings = try decoder.container(keyedBy: CodingKeys.self)
        self.init(pool: try settings.decodeIfPresent(Int.self, forKey: .pool) ?? 2)
    }

    /// `[steps / pool, channels]`.
    public func outputShape(for inputs: [Shape]) throws -> Shape {
        try pooledShape(kind, soleInput(inputs), pool: [pool])
    }

    /// One pooling.
    public func lower(_ inputs: [SymbolicTensor], in lowering: inout Lowering) throws -> SymbolicTensor {
        lowering.pool(inputs[0], by: (1, pool), shape: try outputShape(for: [inputs[0].shape]))
    }
}

/// The largest value of each `pool`×`pool` window, channel by channel. Windows do not overlap; a last incomplete row or
/// column of them is dropped.
///
/// Input `[height, width, channels]`, output `[height / pool, width / pool, channels]`.
public struct MaxPooling2D: Layer {
    /// The layer's name in files and summaries.
    public static let kind = "MaxPooling2D"
    /// What the kind alone stands for.
    public static let withDefaults: MaxPooling2D? = MaxPooling2D()
    /// The settings that files may give.
    public static let settingNames = ["pool"]

    /// The window's height and width, and the stride.
    public var pool: Int

    /// Makes the layer's description; Keras's default.
    public init(pool: Int = 2) {
        self.pool = pool
    }

    /// Reads the settings; any may be absent.
    public init(from decoder: any Decoder) throws {
        let settings = try decoder.container(keyedBy: CodingKeys.self)
        self.init(pool: try settings.decodeIfPresent(Int.self, forKey: .pool) ?? 2)
    }

    /// `[height / pool, width / pool, channels]`.
    public func outputShape(for inputs: [Shape]) throws -> Shape {
        try pooledShape(kind, soleInput(inputs), pool: [pool, pool])
    }

    /// One pooling.
    public func lower(_ inputs: [SymbolicTensor], in lowering: inout Lowering) throws -> SymbolicTensor {
        lowering.pool(inputs[0], by: (pool, pool), shape: try outputShape(for: [inputs[0].shape]))
    }
}

private func pooledShape(_ kind: String, _ input: Shape, pool: [Int]) throws -> Shape {
    guard input.count == pool.count + 1 else {
        let axes = pool.count == 1 ? "[steps, channels]" : "[height, width, channels]"
        throw NetworkError("\(kind) takes an input of shape \(axes), but gets \(input)")
    }
    guard pool[0] > 0 else { throw NetworkError("\(kind): pool must be at least 1, but is \(pool[0])") }
    guard pool.reduce(1, *) <= 256 else {
        throw NetworkError("\(kind): a window may have at most 256 places, but \(pool) has \(pool.reduce(1, *))")
    }
    let space = zip(input, pool).map { $0 / $1 }
    guard space.allSatisfy({ $0 > 0 }) else {
        throw NetworkError("\(kind): an input of shape \(input) is smaller than one window of \(pool)")
    }
    return space + [input[input.count - 1]]
}

extension Lowering {
    /// Max pooling; a sequence is an image of height 1. Training keeps where the maxima were.
    fileprivate mutating func pool(
        _ input: SymbolicTensor, by pool: (height: Int, width: Int), shape: Shape
    ) -> SymbolicTensor {
        let space = input.shape.count == 3 ? (input.shape[0], input.shape[1]) : (1, input.shape[0])
        let pooling = MaximumPooling(
            batch: batchSize, source: (space.0, space.1, input.shape[input.shape.count - 1]), pool: pool)
        let output = emit(pooling, reading: [input.value], shape: shape)
        if isTraining {
            let places = Value(
                name: "\(node.name) places", count: batchSize * shape.elementCount, elementType: .uint8)
            graph.nodes[graph.nodes.count - 1].outputs.append(graph.add(places))
        }
        return output
    }
}
