import CNetworkKernels

extension LayerKinds {
    /// The layers of this file.
    static let poolings: [any Layer.Type] = [MaxPooling1D.self, MaxPooling2D.self, AveragePooling2D.self]
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

/// The mean of each `pool`×`pool` window, channel by channel.
///
/// Input `[height, width, channels]`, output `[height', width', channels]`: `(height - pool) / strides + 1` rows, a last
/// incomplete window dropped, or `height / strides` rows, rounded up, with `padding` `same`; columns alike. Places that
/// padding adds do not count in a mean, as in Keras.
public struct AveragePooling2D: Layer {
    /// The layer's name in files and summaries.
    public static let kind = "AveragePooling2D"

    /// The window's height and width.
    public var pool: Int
    /// How far apart windows begin, in rows and in columns.
    public var strides: Int
    /// How the edges are treated.
    public var padding: Padding

    /// Makes the layer's description; Keras's defaults. Without `strides`, windows stand side by side.
    public init(pool: Int, strides: Int? = nil, padding: Padding = .valid) {
        self.pool = pool
        self.strides = strides ?? pool
        self.padding = padding
    }

    /// `[height', width', channels]`.
    public func outputShape(for inputs: [Shape]) throws -> Shape {
        let input = try soleInput(inputs)
        guard input.count == 3 else {
            throw NetworkError("\(kind) takes an input of shape [height, width, channels], but gets \(input)")
        }
        guard pool > 0 else { throw NetworkError("\(kind): pool must be at least 1, but is \(pool)") }
        guard strides > 0 else { throw NetworkError("\(kind): strides must be at least 1, but is \(strides)") }
        guard padding == .same || min(input[0], input[1]) >= pool else {
            throw NetworkError("\(kind): an input of shape \(input) is smaller than one window of [\(pool), \(pool)]")
        }
        return input.prefix(2).map { windows(along: $0).count } + [input[2]]
    }

    /// One pooling.
    public func lower(_ inputs: [SymbolicTensor], in lowering: inout Lowering) throws -> SymbolicTensor {
        let (input, output) = (inputs[0].shape, try outputShape(for: [inputs[0].shape]))
        let pooling = AveragePooling(
            batch: lowering.batchSize, input: input, output: output, pool: pool, strides: strides,
            padding: (windows(along: input[0]).before, windows(along: input[1]).before))
        return lowering.emit(pooling, reading: [inputs[0].value], shape: output)
    }

    /// The number of windows along an axis, and how many places of padding lie before it.
    private func windows(along length: Int) -> (count: Int, before: Int) {
        guard padding == .same else { return ((length - pool) / strides + 1, 0) }
        let count = (length - 1) / strides + 1
        return (count, max(pool - (length - (count - 1) * strides), 0) / 2)
    }
}

extension AveragePooling2D {
    enum CodingKeys: String, CodingKey, CaseIterable { case pool, strides, padding }

    /// The settings that files may give.
    public static let settingNames = CodingKeys.allCases.map(\.rawValue)

    /// Reads the settings; `strides` and `padding` may be absent.
    public init(from decoder: any Decoder) throws {
        let settings = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            pool: try settings.decode(Int.self, forKey: .pool),
            strides: try settings.decodeIfPresent(Int.self, forKey: .strides),
            padding: try settings.decodeIfPresent(Padding.self, forKey: .padding) ?? .valid)
    }
}

/// The mean of each window's places within the source.
private struct AveragePooling: Operation {
    let batch: Int
    let input: Shape
    let output: Shape
    let pool: Int
    let strides: Int
    /// Rows above the source, and columns left of it.
    let padding: (top: Int, left: Int)

    func shape(_ type: ElementType) -> kernel_average_pooling {
        kernel_average_pooling(
            batch: batch, height: input[0], width: input[1], channels: input[2], output_height: output[0],
            output_width: output[1], pool: pool, strides: strides, padding_top: padding.top,
            padding_left: padding.left, type: type.ofKernels)
    }

    func differentiate(
        _ node: Node, outputGradients: [Graph.ValueID?], isWanted: [Bool], in graph: inout Graph
    ) throws -> [Graph.ValueID?] {
        guard let gradient = outputGradients[0] else { return [nil] }
        let result = graph.add(like: node.inputs[0], name: "\(graph[node.inputs[0]].name) gradient")
        graph.add(
            AveragePoolingGradient(pooling: self), layer: node.layer, pass: "backward", inputs: [gradient],
            outputs: [result])
        return [result]
    }

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let type = graph[node.inputs[0]].elementType
        let (shape, average, threads) = (shape(type), target.set.pooling.average!, target.threads)
        return [
            Kernel(
                name: "vector", cost: Double(graph[node.inputs[0]].count), inputs: [.elements(type)], outputs: [type]
            ) { arguments in
                withUnsafePointer(to: shape) { average($0, arguments.inputs[0], arguments.outputs[0], threads) }
            }
        ]
    }
}

/// The gradient of average pooling: reads the output's gradient.
private struct AveragePoolingGradient: Operation {
    let pooling: AveragePooling

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let type = graph[node.inputs[0]].elementType
        let (shape, gradient, threads) = (pooling.shape(type), target.set.pooling.average_gradient!, target.threads)
        return [
            Kernel(
                name: "vector", cost: Double(graph[node.outputs[0]].count), inputs: [.elements(type)], outputs: [type]
            ) { arguments in
                withUnsafePointer(to: shape) { gradient($0, arguments.inputs[0], arguments.outputs[0], threads) }
            }
        ]
    }
}
