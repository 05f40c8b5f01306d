/// An activation as a layer of its own, for where it does not follow a `Dense` or a convolution directly.
public struct ActivationLayer: Layer {
    /// The layer's name in files and summaries.
    public static let kind = "Activation"
    /// The settings that files may give.
    public static let settingNames = ["function"]

    /// What is done to the input.
    public var function: Activation

    /// Makes the layer's description.
    public init(_ function: Activation) {
        self.function = function
    }

    /// The input's own shape; softmax takes vectors only.
    public func outputShape(for inputs: [Shape]) throws -> Shape {
        let input = try soleInput(inputs)
        guard function.form != .rowwise || input.count == 1 else {
            throw NetworkError("Activation: \(function.rawValue) takes a vector, but gets shape \(input)")
        }
        return input
    }

    /// The function alone.
    public func lower(_ inputs: [SymbolicTensor], in lowering: inout Lowering) throws -> SymbolicTensor {
        lowering.apply(function, to: inputs[0])
    }
}
