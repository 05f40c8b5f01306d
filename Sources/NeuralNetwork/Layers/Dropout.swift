/// Inverted dropout (Srivastava et al. 2014): in training each element is zeroed with probability `rate` and the rest
/// are scaled by 1 / (1 − rate); in inference nothing happens.
public struct Dropout: Layer {
    /// The layer's name in files and summaries.
    public static let kind = "Dropout"
    /// The settings that files may give.
    public static let settingNames = ["rate"]

    /// The share that is dropped, from 0 up to, not including, 1.
    public var rate: Float

    /// Makes the layer's description.
    public init(_ rate: Float) {
        self.rate = rate
    }

    /// The input's own shape.
    public func outputShape(for inputs: [Shape]) throws -> Shape {
        guard rate >= 0, rate < 1 else {
            throw NetworkError("Dropout: rate must be at least 0 and below 1, but is \(rate)")
        }
        return try soleInput(inputs)
    }

    /// Nothing in inference.
    public func lower(_ inputs: [SymbolicTensor], in lowering: inout Lowering) throws -> SymbolicTensor {
        guard lowering.isTraining, rate > 0 else { return inputs[0] }
        let dropout = DropoutOperation(rate: rate, layerKey: RandomKey.layer(named: lowering.node.name))
        return lowering.emit(dropout, reading: [inputs[0].value], shape: inputs[0].shape)
    }
}
