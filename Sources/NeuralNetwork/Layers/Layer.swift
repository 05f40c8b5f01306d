/// One layer: its settings, what follows from them about shapes and weights, and the operations that it stands for. A value
/// without memory of any run.
///
/// The words and defaults are Keras's, so that a Keras user needs no glossary.
public protocol Layer: Codable, Hashable, Sendable {
    /// The layer's type name in summaries and files, such as `Conv2D`.
    static var kind: String { get }

    /// The names of the settings, as files spell them; used to point at a misspelt one.
    static var settingNames: [String] { get }

    /// The layer as it is when a file gives its kind alone, or nil if it has settings without a default.
    static var withDefaults: Self? { get }

    /// The output's shape for inputs of these shapes.
    /// - Throws: `NetworkError` if the layer cannot take them.
    func outputShape(for inputs: [Shape]) throws -> Shape

    /// The layer's weights for an input of this shape, in Keras's order.
    func weights(for input: Shape) -> [WeightSpecification]

    /// Brings the layer down to operations on its inputs, in the mode that `lowering` says.
    /// - Returns: the output.
    func lower(_ inputs: [SymbolicTensor], in lowering: inout Lowering) throws -> SymbolicTensor
}

extension Layer {
    /// Most layers need a setting or two.
    public static var withDefaults: Self? { nil }

    /// Most layers have no weights.
    public func weights(for input: Shape) -> [WeightSpecification] { [] }

    /// The layer's type name, such as `Conv2D`.
    public var kind: String { Self.kind }

    /// The name that a network gives to such a layer: Keras's, the kind in snake case (`Conv2D` → `conv2d`,
    /// `BatchNormalization` → `batch_normalization`, `MaxPooling2D` → `max_pooling2d`).
    static var snakeCasedKind: String {
        var result = ""
        var previousIsLowercase = false
        // Kinds are ASCII, whose cases need no table of Unicode's.
        for byte in kind.utf8 {
            let isUppercase = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            if isUppercase && previousIsLowercase { result += "_" }
            result.unicodeScalars.append(Unicode.Scalar(isUppercase ? byte | 0x20 : byte))
            previousIsLowercase = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        }
        return result
    }
}

/// One array of a layer's weights.
public struct WeightSpecification: Hashable, Sendable {
    /// Keras's name for it: `kernel`, `bias`, `gamma`, `beta`, `moving_mean` or `moving_variance`.
    public let name: String
    /// Its dimensions in Keras's layout: `[kh, kw, in, out]`, `[k, in, out]`, `[in, out]` or `[channels]`.
    public let shape: Shape
    /// How it starts.
    public let initializer: Initializer
    /// Whether the optimizer changes it. Moving statistics are not trained.
    public let isTrainable: Bool

    init(_ name: String, _ shape: Shape, _ initializer: Initializer, isTrainable: Bool = true) {
        self.name = name
        self.shape = shape
        self.initializer = initializer
        self.isTrainable = isTrainable
    }
}

/// How a convolution treats the edges.
public enum Padding: String, Codable, Hashable, Sendable, CaseIterable {
    /// Only whole windows: the output shrinks by the kernel's size less one.
    case valid
    /// Zeros around, so that the output is as large as the input. Where their number is odd, the last side gets the
    /// extra one, as in Keras.
    case same
}

extension Layer {
    /// The one input of a layer that takes just one.
    func soleInput(_ inputs: [Shape]) throws -> Shape {
        guard inputs.count == 1 else {
            throw NetworkError("\(kind) takes one input, but gets \(inputs.count)")
        }
        return inputs[0]
    }
}
