/// The logarithm of probabilities, divided by a temperature: log p / T. Sums of it are the logarithms of a product of experts
/// (Hinton 2002), and softmax of it is temperature scaling (Guo et al. 2017).
///
/// Its one weight, `temperature` `[1]`, is 1 at first and not trained: it is fitted once the probabilities are what they will be.
public struct TemperedLog: Layer {
    /// The layer's name in files and summaries.
    public static let kind = "TemperedLog"
    /// What the kind alone stands for.
    public static let withDefaults: TemperedLog? = TemperedLog()
    /// Smaller probabilities, 0 among them, count as this one.
    public static let smallestProbability: Float = 1e-30
    /// No settings.
    public static let settingNames: [String] = []

    /// Makes the layer's description.
    public init() {}

    /// The input's own shape, a vector.
    public func outputShape(for inputs: [Shape]) throws -> Shape {
        let input = try soleInput(inputs)
        guard input.count == 1 else {
            throw NetworkError("TemperedLog takes a vector of probabilities, but gets shape \(input)")
        }
        return input
    }

    /// `temperature` `[1]`.
    public func weights(for input: Shape) -> [WeightSpecification] {
        [WeightSpecification("temperature", [1], .ones, isTrainable: false)]
    }

    /// One pass over the probabilities.
    public func lower(_ inputs: [SymbolicTensor], in lowering: inout Lowering) throws -> SymbolicTensor {
        let temperature = try lowering.weights("temperature")
        return lowering.emit(
            TemperedLogOperation(count: lowering.batchSize * inputs[0].shape.elementCount),
            reading: [inputs[0].value, temperature], shape: inputs[0].shape)
    }
}
