public import NeuralNetwork

/// The mean of the branches' probabilities: a linear opinion pool (Stone 1961).
///
/// An absent modality is a branch that gives every class the same probability, which leaves the order of the classes as the
/// others have it.
public struct AverageFusion: Fusion {
    /// `average`.
    public static let name = "average"

    /// Averages.
    public init() {}

    /// The mean of probabilities is one.
    public var givesProbabilities: Bool { true }

    /// An `Average` layer. Without a head, the softmax of its logarithm behind it, which changes nothing, but has a gradient that is
    /// exact.
    public func join(
        _ branches: [String], head: [any Layer], prefix: String, in network: inout Network
    ) throws -> String {
        let name = "\(prefix).average"
        try network.add(Average(), name: name, reading: branches)
        guard head.isEmpty else { return try network.addSequence(head, prefix: prefix, reading: name) }
        return try network.addSequence([TemperedLog(), ActivationLayer(.softmax)], prefix: prefix, reading: name)
    }
}
