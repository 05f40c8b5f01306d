public import NeuralNetwork

/// A gated multimodal unit (Arevalo et al. 2017, "Gated multimodal units for information fusion"): each branch's embedding becomes
/// a vector of 64 by a dense layer with tanh, and is multiplied by a gate from 0 to 1 that all embeddings decide on together. The
/// head reads the sum. So how much a modality counts depends on the example.
///
/// An absent modality is an embedding of zeros.
public struct GatedFusion: Fusion {
    /// `gated`.
    public static let name = "gated"

    private static let units = 64

    /// Gates.
    public init() {}

    /// The embedding.
    public var reads: BranchPart { .embedding }

    /// 0.
    public func absentOutput(width: Int) -> Float { 0 }

    /// For each branch a `Dense` with tanh, a `Dense` with sigmoid on all embeddings, and their product; then the sum.
    public func join(
        _ branches: [String], head: [any Layer], prefix: String, in network: inout Network
    ) throws -> String {
        try network.add(Concatenate(), name: "\(prefix).concatenate", reading: branches)
        for (index, branch) in branches.enumerated() {
            let (value, gate) = ("\(prefix).value_\(index)", "\(prefix).gate_\(index)")
            try network.add(Dense(Self.units, activation: .tanh), name: value, reading: [branch])
            try network.add(
                Dense(Self.units, activation: .sigmoid), name: gate, reading: ["\(prefix).concatenate"])
            try network.add(Multiply(), name: "\(prefix).gated_\(index)", reading: [value, gate])
        }
        try network.add(Add(), name: "\(prefix).sum", reading: branches.indices.map { "\(prefix).gated_\($0)" })
        return try network.addSequence(head, prefix: prefix, reading: "\(prefix).sum")
    }
}
