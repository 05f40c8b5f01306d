/// A fully connected layer: every output is a weighted sum of all inputs.
///
/// Input `[features]`, output `[units]`. Weights: `kernel [features, units]`, Glorot-uniform unless said otherwise, and
/// `bias [units]`, zeros.
public struct Dense: Layer {
    /// The layer's name in files and summaries.
    public static let kind = "Dense"

    /// The number of outputs.
    public var units: Int
    /// What is done to the result.
    public var activation: Activation

    /// How the kernel starts.
    public var kernelInitializer: KernelInitializer

    /// How a kernel starts.
    public enum KernelInitializer: String, Codable, Hashable, Sendable, CaseIterable {
        /// Uniform in ±sqrt(6 / (features + units)) (Glorot & Bengio 2010).
        case glorotUniform = "glorot_uniform"
        /// All zeros: the layer gives zeros until it has learned something. For the last layer of a residual.
        case zeros
    }

    /// Makes the layer's description; Keras's defaults.
    public init(
        _ units: Int, activation: Activation = .linear, kernelInitializer: KernelInitializer = .glorotUniform
    ) {
        self.units = units
        self.activation = activation
        self.kernelInitializer = kernelInitializer
    }

    /// `[units]`, for an input of `[features]`.
    public func outputShape(for inputs: [Shape]) throws -> Shape {
        let input = try soleInput(inputs)
        guard input.count == 1 else {
            throw NetworkError("Dense takes a vector, but gets shape \(input); put a Flatten before it")
        }
        guard units > 0 else { throw NetworkError("Dense: units must be at least 1, but is \(units)") }
        return [units]
    }

    /// `kernel [features, units]` and `bias [units]`.
    public func weights(for input: Shape) -> [WeightSpecification] {
        let initializer: Initializer =
            switch kernelInitializer {
            case .glorotUniform: .glorotUniform(fanIn: input.elementCount, fanOut: units)
            case .zeros: .zeros
            }
        return [
            WeightSpecification("kernel", [input.elementCount, units], initializer),
            WeightSpecification("bias", [units], .zeros),
        ]
    }

    /// One product with the kernel, and the activation.
    public func lower(_ inputs: [SymbolicTensor], in lowering: inout Lowering) throws -> SymbolicTensor {
        let geometry = ConvolutionGeometry(
            batch: lowering.batchSize, inputs: inputs[0].shape.elementCount, units: units)
        return try lowering.convolve(inputs[0], geometry, activation, shape: [units])
    }
}

extension Dense {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case units, activation
        case kernelInitializer = "kernel_initializer"
    }

    /// The settings that files may give.
    public static let settingNames = CodingKeys.allCases.map(\.rawValue)

    /// Reads the settings; all but `units` may be absent.
    public init(from decoder: any Decoder) throws {
        let settings = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try settings.decode(Int.self, forKey: .units),
            activation: try settings.decodeIfPresent(Activation.self, forKey: .activation) ?? .linear,
            kernelInitializer: try settings.decodeIfPresent(KernelInitializer.self, forKey: .kernelInitializer)
                ?? .glorotUniform)
    }
}
