extension LayerKinds {
    /// The layers of this file, which take several inputs.
    package static let joinings: [any Layer.Type] = [
        Concatenate.self, Add.self, Average.self, Multiply.self,
    ]
}

/// Several vectors put one behind the other, in the order of the inputs.
public struct Concatenate: Layer {
    /// The layer's name in files and summaries.
    public static let kind = "Concatenate"
    /// What the kind alone stands for.
    public static let withDefaults: Concatenate? = Concatenate()
    /// No settings.
    public static let settingNames: [String] = []

    /// Makes the layer's description.
    public init() {}

    /// One dimension, as long as the inputs' together.
    public func outputShape(for inputs: [Shape]) throws -> Shape {
        guard inputs.count >= 2, inputs.allSatisfy({ $0.count == 1 }) else {
            throw NetworkError("Concatenate takes two or more vectors, but gets shapes \(inputs)")
        }
        return [inputs.reduce(0) { $0 + $1[0] }]
    }

    /// One copy of each input.
    public func lower(_ inputs: [SymbolicTensor], in lowering: inout Lowering) throws -> SymbolicTensor {
        let widths = inputs.map(\.shape.elementCount)
        return lowering.emit(
            ConcatenateOperation(rows: lowering.batchSize, widths: widths),
            reading: inputs.map(\.value), shape: [widths.reduce(0, +)])
    }
}

/// The sum of several inputs of one shape, element by element.
public struct Add: Layer {
    /// The layer's name in files and summaries.
    public static let kind = "Add"
    /// What the kind alone stands for.
    public static let withDefaults: Add? = Add()
    /// No settings.
    public static let settingNames: [String] = []

    /// Makes the layer's description.
    public init() {}

    /// The shape that all inputs have.
    public func outputShape(for inputs: [Shape]) throws -> Shape { try commonShape(inputs) }

    /// One pass over all inputs.
    public func lower(_ inputs: [SymbolicTensor], in lowering: inout Lowering) throws -> SymbolicTensor {
        lowering.emit(
            SumOperation(count: lowering.batchSize * inputs[0].shape.elementCount, inputs: inputs.count),
            reading: inputs.map(\.value), shape: inputs[0].shape)
    }
}

/// The mean of several inputs of one shape, element by element.
public struct Average: Layer {
    /// The layer's name in files and summaries.
    public static let kind = "Average"
    /// What the kind alone stands for.
    public static let withDefaults: Average? = Average()
    /// No settings.
    public static let settingNames: [String] = []

    /// Makes the layer's description.
    public init() {}

    /// The shape that all inputs have.
    public func outputShape(for inputs: [Shape]) throws -> Shape { try commonShape(inputs) }

    /// One pass over all inputs.
    public func lower(_ inputs: [SymbolicTensor], in lowering: inout Lowering) throws -> SymbolicTensor {
        lowering.emit(
            SumOperation(
                count: lowering.batchSize * inputs[0].shape.elementCount, inputs: inputs.count,
                factor: 1 / Float(inputs.count)),
            reading: inputs.map(\.value), shape: inputs[0].shape)
    }
}

/// The product of several inputs of one shape, element by element.
public struct Multiply: Layer {
    /// The layer's name in files and summaries.
    public static let kind = "Multiply"
    /// What the kind alone stands for.
    public static let withDefaults: Multiply? = Multiply()
    /// No settings.
    public static let settingNames: [String] = []

    /// Makes the layer's description.
    public init() {}

    /// The shape that all inputs have.
    public func outputShape(for inputs: [Shape]) throws -> Shape { try commonShape(inputs) }

    /// One pass over all inputs.
    public func lower(_ inputs: [SymbolicTensor], in lowering: inout Lowering) throws -> SymbolicTensor {
        lowering.emit(
            ProductOperation(count: lowering.batchSize * inputs[0].shape.elementCount),
            reading: inputs.map(\.value), shape: inputs[0].shape)
    }
}

extension Layer {
    /// The shape that all of several inputs have.
    fileprivate func commonShape(_ inputs: [Shape]) throws -> Shape {
        guard inputs.count >= 2, Set(inputs).count == 1 else {
            throw NetworkError("\(kind) takes two or more inputs of the same shape, but gets shapes \(inputs)")
        }
        return inputs[0]
    }
}
