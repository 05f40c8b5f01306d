extension LayerKinds {
    /// The layers of this file.
    static let reshapings: [any Layer.Type] = [Flatten.self, Reshape.self]
}

/// All elements in one row, in Keras's order: the last axis (channels) runs fastest.
public struct Flatten: Layer {
    /// The layer's name in files and summaries.
    public static let kind = "Flatten"
    /// What the kind alone stands for.
    public static let withDefaults: Flatten? = Flatten()
    /// No settings.
    public static let settingNames: [String] = []

    /// Makes the layer's description.
    public init() {}

    /// One dimension, as long as the input has elements.
    public func outputShape(for inputs: [Shape]) throws -> Shape {
        [try soleInput(inputs).elementCount]
    }

    /// Nothing moves: activations lie in Keras's order.
    public func lower(_ inputs: [SymbolicTensor], in lowering: inout Lowering) throws -> SymbolicTensor {
        inputs[0].reshaped(to: [inputs[0].shape.elementCount])
    }
}

/// The same elements, in the same order, in another shape: 507 values become 39 frames of 13.
public struct Reshape: Layer {
    /// The layer's name in files and summaries.
    public static let kind = "Reshape"
    /// There is no shape to start from.
    public static let withDefaults: Reshape? = nil
    /// The settings that files may give.
    public static let settingNames = ["target_shape"]

    /// The output's shape: `[features]`, `[steps, channels]` or `[height, width, channels]`.
    public var targetShape: Shape

    enum CodingKeys: String, CodingKey { case targetShape = "target_shape" }

    /// Makes the layer's description.
    public init(_ targetShape: Shape) {
        self.targetShape = targetShape
    }

    /// The target shape, which has as many elements as the input.
    public func outputShape(for inputs: [Shape]) throws -> Shape {
        let input = try soleInput(inputs)
        guard (1...3).contains(targetShape.count), targetShape.allSatisfy({ $0 > 0 }),
            targetShape.elementCount == input.elementCount
        else {
            throw NetworkError(
                "Reshape: an input of shape \(input) has \(input.elementCount) elements, which do not fill \(targetShape); "
                    + "expected one to three dimensions of as many elements")
        }
        return targetShape
    }

    /// Nothing moves: activations lie in Keras's order.
    public func lower(_ inputs: [SymbolicTensor], in lowering: inout Lowering) throws -> SymbolicTensor {
        inputs[0].reshaped(to: targetShape)
    }
}
