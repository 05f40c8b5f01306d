/// How exactly a training computes. Weights, their gradients and moments, statistics and the loss are float32 in any case,
/// and so is all inference.
public enum Precision: String, Codable, Sendable, CaseIterable {
    /// All in float32.
    case float32
    /// Mixed precision (Micikevicius et al. 2018; Kalamkar et al. 2019): what lies between the layers is bfloat16, and so is
    /// what wide dense layers multiply. Half the memory to move, and twice the products per instruction on processors that
    /// have them.
    case bf16

    /// Whether this processor has instructions for it. Without them nothing is gained.
    public var isSupported: Bool { self == .float32 || Engine.instructionSet >= .avx512WithBFloat16 }

    /// This precision, or float32 where the processor has no instructions for it.
    public var orFloat32: Precision { isSupported ? self : .float32 }

    /// How the elements of activations of this Keras shape, and of their gradients, lie in memory: in bf16, those of images
    /// and sequences are bfloat16. Vectors stay float32. They are few, and what comes last decides: statistics over
    /// small batches, the concatenation, the scores.
    func elementType(for shape: Shape) -> ElementType {
        self == .bf16 && shape.count > 1 ? .bfloat16 : .float32
    }
}
