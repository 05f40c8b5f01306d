public import NeuralNetwork

/// The mean of the branches' outputs, which must have the same width.
///
/// An absent modality is a branch that gives every class the same probability.
public struct AverageFusion: Fusion {
    /// `average`.
    public static let name = "average"

    /// Averages.
    public init() {}

    /// 1 / width: every class is equally likely.
    public func absentOutput(width: Int) -> Float { 1 / Float(width) }

    /// An `Average` layer.
    public func join(_ branches: [String], prefix: String, in network: inout Network) throws -> String {
        let name = "\(prefix).average"
        try network.add(Average(), name: name, reading: branches)
        return name
    }
}
