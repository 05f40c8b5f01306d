/// Batch normalization (Ioffe & Szegedy 2015) over the last axis: each channel is brought to zero mean and unit
/// variance, then scaled by `gamma` and shifted by `beta`. Training uses the batch's own statistics and keeps moving
/// averages of them; inference uses those.
///
/// Weights, each `[channels]`: `gamma` (ones), `beta` (zeros), and the untrained `moving_mean` (zeros) and
/// `moving_variance` (ones). As in Keras 3 the moving variance averages the batch's biased variance.
public struct BatchNormalization: Layer {
    /// The layer's name in files and summaries.
    public static let kind = "BatchNormalization"
    /// What the kind alone stands for.
    public static let withDefaults: BatchNormalization? = BatchNormalization()

    /// How much of the old moving average stays at each step, 0 to 1.
    public var momentum: Float
    /// Added to the variance before its root is taken.
    public var epsilon: Float

    /// Makes the layer's description; Keras's defaults.
    public init(momentum: Float = 0.99, epsilon: Float = 1e-3) {
        self.momentum = momentum
        self.epsilon = epsilon
    }

    /// The input's own shape.
    public func outputShape(for inputs: [Shape]) throws -> Shape {
        guard (0...1).contains(momentum) else {
            throw NetworkError("BatchNormalization: momentum must lie in 0...1, but is \(momentum)")
        }
        guard epsilon > 0 else {
            throw NetworkError("BatchNormalization: epsilon must be above 0, but is \(epsilon)")
        }
        return try soleInput(inputs)
    }

    /// `gamma`, `beta`, `moving_mean` and `moving_variance`, each `[channels]`.
    public func weights(for input: Shape) -> [WeightSpecification] {
        let channels = [input.last ?? 0]
        return [
            WeightSpecification("gamma", channels, .ones),
            WeightSpecification("beta", channels, .zeros),
            WeightSpecification("moving_mean", channels, .zeros, isTrainable: false),
            WeightSpecification("moving_variance", channels, .ones, isTrainable: false),
        ]
    }

    /// In training the batch's statistics and a normalization by them, in inference a factor and a summand for each channel.
    public func lower(_ inputs: [SymbolicTensor], in lowering: inout Lowering) throws -> SymbolicTensor {
        let (x, shape) = (inputs[0].value, inputs[0].shape)
        let channels = shape[shape.count - 1]
        let rows = lowering.batchSize * shape.elementCount / channels
        let (gamma, beta) = (try lowering.weights("gamma"), try lowering.weights("beta"))
        let (mean, variance) = (try lowering.weights("moving_mean"), try lowering.weights("moving_variance"))
        guard lowering.isTraining else {
            let factors = [lowering.numbers(channels, "scale"), lowering.numbers(channels, "shift")]
            lowering.graph.add(
                NormalizationFactors(channels: channels, epsilon: epsilon), layer: lowering.node.name, pass: "factors",
                inputs: [gamma, beta, mean, variance], outputs: factors)
            return lowering.emit(Rescaling(rows: rows, channels: channels), reading: [x] + factors, shape: shape)
        }
        let statistics = [lowering.numbers(channels, "mean"), lowering.numbers(channels, "variance")]
        lowering.graph.add(
            BatchStatistics(rows: rows, channels: channels, momentum: momentum), layer: lowering.node.name,
            pass: "statistics", inputs: [x, mean, variance], outputs: statistics)
        return lowering.emit(
            Normalization(rows: rows, channels: channels, epsilon: epsilon), reading: [x] + statistics + [gamma, beta],
            shape: shape)
    }
}

extension BatchNormalization {
    enum CodingKeys: String, CodingKey, CaseIterable { case momentum, epsilon }

    /// The settings that files may give.
    public static let settingNames = CodingKeys.allCases.map(\.rawValue)

    /// Reads the settings; any may be absent.
    public init(from decoder: any Decoder) throws {
        let settings = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            momentum: try settings.decodeIfPresent(Float.self, forKey: .momentum) ?? 0.99,
            epsilon: try settings.decodeIfPresent(Float.self, forKey: .epsilon) ?? 1e-3)
    }
}

extension Network {
    /// The steps after which no batch normalization's moving average holds more than 1 % of its initial value.
    package var settlingSteps: Int {
        let momentum = nodes.compactMap { ($0.layer as? BatchNormalization)?.momentum }.max() ?? 0
        // With a momentum of 1 it never happens.
        return momentum > 0 ? Int(min(5 / (1 - momentum), 1e9).rounded(.up)) : 0
    }
}
