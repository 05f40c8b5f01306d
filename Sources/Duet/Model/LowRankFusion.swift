public import NeuralNetwork

/// Low-rank multimodal fusion (Liu et al. 2018, "Efficient low-rank multimodal fusion with modality-specific factors"): what a
/// linear layer would make of the outer product of the branches' embeddings, whose weights are a sum of four products of a factor
/// for each modality. The outer product itself is never computed.
///
/// Each factor has a bias, which stands for the 1 that the paper appends to an embedding. An absent modality is an embedding of
/// zeros: of its factors, the biases are left.
public struct LowRankFusion: Fusion {
    /// `low_rank`.
    public static let name = "low_rank"

    private static let rank = 4
    private static let units = 64

    /// Four factors.
    public init() {}

    /// The embedding.
    public var reads: BranchPart { .embedding }

    /// 0.
    public func absentOutput(width: Int) -> Float { 0 }

    /// For each rank a `Dense` of each branch and their product; then the sum over the ranks.
    public func join(
        _ branches: [String], head: [any Layer], prefix: String, in network: inout Network
    ) throws -> String {
        for rank in 0..<Self.rank {
            let factors = branches.indices.map { "\(prefix).factor_\(rank)_\($0)" }
            for (branch, factor) in zip(branches, factors) {
                try network.add(Dense(Self.units), name: factor, reading: [branch])
            }
            try network.add(Multiply(), name: "\(prefix).product_\(rank)", reading: factors)
        }
        try network.add(
            Add(), name: "\(prefix).sum", reading: (0..<Self.rank).map { "\(prefix).product_\($0)" })
        return try network.addSequence(head, prefix: prefix, reading: "\(prefix).sum")
    }
}
