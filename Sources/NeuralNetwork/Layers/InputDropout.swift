/// Dropout of whole inputs of a layer that joins several: in training, of a share of the examples one of the inputs, drawn anew
/// for each example, is replaced by a constant (ModDrop, Neverova et al. 2016). In inference nothing happens.
///
/// Each input has such a layer before the one that joins them; those of one joint draw the same numbers, so that at most one
/// input of an example is replaced.
public struct InputDropout: Layer {
    /// The layer's name in files and summaries.
    public static let kind = "InputDropout"
    /// The settings that files may give.
    public static let settingNames = ["rate", "input", "inputs", "replacement", "joint"]

    /// The share of examples of which an input is replaced, from 0 up to, not including, 1.
    public var rate: Float
    /// Which of the inputs this is, from 0.
    public var input: Int
    /// The number of inputs.
    public var inputs: Int
    /// What stands in every place of a replaced input.
    public var replacement: Float
    /// The name of what joins the inputs: all inputs of one joint draw the same numbers.
    public var joint: String

    /// Makes the layer's description.
    public init(_ rate: Float, input: Int, of inputs: Int, replacement: Float, joint: String) {
        self.rate = rate
        self.input = input
        self.inputs = inputs
        self.replacement = replacement
        self.joint = joint
    }

    /// The input's own shape.
    public func outputShape(for shapes: [Shape]) throws -> Shape {
        guard rate >= 0, rate < 1 else {
            throw NetworkError("InputDropout: rate must be at least 0 and below 1, but is \(rate)")
        }
        guard inputs >= 1, input >= 0, input < inputs else {
            throw NetworkError(
                "InputDropout: input must be at least 0 and below the number of inputs, \(inputs), but is \(input)")
        }
        return try soleInput(shapes)
    }

    /// Nothing in inference.
    public func lower(_ tensors: [SymbolicTensor], in lowering: inout Lowering) throws -> SymbolicTensor {
        guard lowering.isTraining, rate > 0 else { return tensors[0] }
        let operation = InputDropoutOperation(
            rows: lowering.batchSize, width: tensors[0].shape.elementCount, settings: self)
        return lowering.emit(operation, reading: [tensors[0].value], shape: tensors[0].shape)
    }
}
