/// A fully connected layer: every output is a weighted sum of all inputs.
///
/// Input `[features]`, output `[units]`. Weights: `kernel [features, units]`, Glorot-uniform, and `bias [units]`, zeros.
public struct Dense: Layer {
    public static let kind = "Dense"

    /// The number of outputs.
    public var units: Int
    /// What is done to the result.
    public var activation: Activation

    /// Makes the layer's description; Keras's defaults.
    public init(_ units: Int, activation: Activation = .linear) {
        self.units = units
        self.activation = activation
    }

    public func outputShape(for inputs: [Shape]) throws -> Shape {
        let input = try soleInput(inputs)
        guard input.count == 1 else {
            throw NetworkError("Dense takes a vector, but gets shape \(input); put a Flatten before it")
        }
        guard units > 0 else { throw NetworkError("Dense: units must be at least 1, but is \(units)") }
        return [units]
    }

    public func weights(for input: Shape) -> [WeightSpecification] {
        [
            WeightSpecification(
                "kernel", [input.elementCount, units], .glorotUniform(fanIn: input.elementCount, fanOut: units)),
            WeightSpecification("bias", [units], .zeros),
        ]
    }
}

extension Dense {
    enum CodingKeys: String, CodingKey, CaseIterable { case units, activation }

    public static let settingNames = CodingKeys.allCases.map(\.rawValue)

    public init(from decoder: any Decoder) throws {
        let settings = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try settings.decode(Int.self, forKey: .units),
            activation: try settings.decodeIfPresent(Activation.self, forKey: .activation) ?? .linear)
    }
}
