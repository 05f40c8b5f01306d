/// 2D convolution with stride 1: each output channel is a learned `kernel`×`kernel` pattern slid over the image.
///
/// Input `[height, width, channels]`, output `[height', width', filters]`. Weights: `kernel [kernel, kernel, channels,
/// filters]`, Glorot-uniform, and `bias [filters]`, zeros.
public struct Conv2D: Layer {
    /// The layer's name in files and summaries.
    public static let kind = "Conv2D"

    /// The number of output channels.
    public var filters: Int
    /// The window's height and width.
    public var kernel: Int
    /// How the edges are treated.
    public var padding: Padding
    /// What is done to the result: any but softmax.
    public var activation: Activation

    /// Makes the layer's description; Keras's defaults.
    public init(filters: Int, kernel: Int, padding: Padding = .valid, activation: Activation = .linear) {
        self.filters = filters
        self.kernel = kernel
        self.padding = padding
        self.activation = activation
    }

    /// `[height', width', filters]`, smaller than the input's unless padded.
    public func outputShape(for inputs: [Shape]) throws -> Shape {
        try convolutionOutputShape(
            kind, soleInput(inputs), filters: filters, kernel: [kernel, kernel], padding: padding,
            activation: activation)
    }

    /// `kernel [kernel, kernel, channels, filters]` and `bias [filters]`.
    public func weights(for input: Shape) -> [WeightSpecification] {
        convolutionWeights(input: input, filters: filters, kernel: [kernel, kernel])
    }

    /// One convolution, and the activation.
    public func lower(_ inputs: [SymbolicTensor], in lowering: inout Lowering) throws -> SymbolicTensor {
        let output = try outputShape(for: [inputs[0].shape])
        let geometry = ConvolutionGeometry(
            batch: lowering.batchSize, input: inputs[0].shape, output: output, kernel: [kernel, kernel],
            padding: padding)
        return try lowering.convolve(inputs[0], geometry, activation, shape: output)
    }
}

extension Conv2D {
    enum CodingKeys: String, CodingKey, CaseIterable { case filters, kernel, padding, activation }

    /// The settings that files may give.
    public static let settingNames = CodingKeys.allCases.map(\.rawValue)

    /// Reads the settings; `padding` and `activation` may be absent.
    public init(from decoder: any Decoder) throws {
        let settings = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            filters: try settings.decode(Int.self, forKey: .filters),
            kernel: try settings.decode(Int.self, forKey: .kernel),
            padding: try settings.decodeIfPresent(Padding.self, forKey: .padding) ?? .valid,
            activation: try settings.decodeIfPresent(Activation.self, forKey: .activation) ?? .linear)
    }
}
