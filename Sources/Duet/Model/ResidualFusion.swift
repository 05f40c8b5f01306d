public import NeuralNetwork

/// A product of experts that the head corrects: the head's scores are added to the product's logarithm. They are zero at first, so
/// the model starts as the product, and learns only what multiplication does not know. The shortcut is a residual network's
/// (He et al. 2016).
public struct ResidualFusion: Fusion {
    /// `residual`.
    public static let name = "residual"

    /// A corrected product.
    public init() {}

    /// The product, the head on what the branches give one after another, their sum, and its softmax. Of the head's last layer, the
    /// kernel starts at zero.
    public func join(
        _ branches: [String], head: [any Layer], prefix: String, in network: inout Network
    ) throws -> String {
        let product = try ProductFusion().addLogarithms(of: branches, prefix: prefix, to: &network)
        try network.add(Concatenate(), name: "\(prefix).concatenate", reading: branches)
        guard let last = head.last as? Dense else { throw NetworkError("the fusion '\(Self.name)' needs a head") }
        let layers = head.dropLast() + [Dense(last.units, kernelInitializer: .zeros)]
        let correction = try network.addSequence(
            Array(layers), prefix: prefix, reading: "\(prefix).concatenate")
        try network.add(Add(), name: "\(prefix).corrected", reading: [product, correction])
        try network.add(ActivationLayer(.softmax), name: "\(prefix).softmax", reading: ["\(prefix).corrected"])
        return "\(prefix).softmax"
    }

    /// The temperatures.
    public var fitsWeights: Bool { true }

    /// The product's temperatures.
    public func fittedWeights(
        to outputs: () throws -> [[Float]], labels: [Int], prefix: String
    ) throws -> [(name: String, values: [Float])] {
        try ProductFusion().fittedWeights(to: outputs, labels: labels, prefix: prefix)
    }
}
