import Foundation
public import NeuralNetwork

/// A product of experts (Hinton 2002): the branches' probabilities are multiplied, each to the power of 1 / T, and divided by
/// their sum over the classes. The temperatures T, one for each branch, are fitted on the validation examples.
///
/// What the branches know independently of each other adds up, and there is nothing that a head would have to learn. An absent
/// modality is a branch that gives every class the same probability, and changes nothing.
public struct ProductFusion: Fusion {
    /// `product`.
    public static let name = "product"

    /// Multiplies.
    public init() {}

    /// The product of probabilities gives probabilities.
    public var givesProbabilities: Bool { true }

    /// A `TemperedLog` of each branch, their sum, and its softmax.
    public func join(
        _ branches: [String], head: [any Layer], prefix: String, in network: inout Network
    ) throws -> String {
        let sum = try addLogarithms(of: branches, prefix: prefix, to: &network)
        try network.add(ActivationLayer(.softmax), name: "\(prefix).softmax", reading: [sum])
        return try network.addSequence(head, prefix: prefix, reading: "\(prefix).softmax")
    }

    /// The temperatures.
    public var fitsWeights: Bool { true }

    /// The temperatures with which the product is likeliest to be right.
    public func fittedWeights(
        to outputs: () throws -> [[Float]], labels: [Int], prefix: String
    ) throws -> [(name: String, values: [Float])] {
        let logarithms = try outputs().map { $0.map { log(Double(max($0, TemperedLog.smallestProbability))) } }
        let exponents = LogLinearFit(logarithms, labels: labels).exponents
        return exponents.enumerated().map { ("\(prefix).\(Self.logarithm($0)).temperature", [Float(1 / $1)]) }
    }

    /// Adds what a product's logarithm is, but for a constant.
    /// - Returns: the node.
    func addLogarithms(of branches: [String], prefix: String, to network: inout Network) throws -> String {
        let logarithms = branches.indices.map { "\(prefix).\(Self.logarithm($0))" }
        for (branch, name) in zip(branches, logarithms) {
            try network.add(TemperedLog(), name: name, reading: [branch])
        }
        try network.add(Add(), name: "\(prefix).add", reading: logarithms)
        return "\(prefix).add"
    }

    private static func logarithm(_ index: Int) -> String { index == 0 ? "tempered_log" : "tempered_log_\(index)" }
}
