/// A rule by which weights follow their gradients.
public protocol Optimizer: Sendable {
    /// How many arrays of its own it keeps for each array of weights; all start as zeros.
    static var stateCount: Int { get }

    /// Moves weights along their gradients.
    ///
    /// It is called once a step for each contiguous range of weights, and must treat each weight by itself.
    /// - Parameters:
    ///   - weights: the weights, their gradients and the optimizer's own arrays, all of one length.
    ///   - step: how many steps were taken, this one included; from 1.
    ///   - runtime: what to compute with.
    func update(_ weights: OptimizedWeights, step: Int, on runtime: OptimizerRuntime)

    /// This rule, if it is Adam's: wide dense layers then take the step while they compute the gradient, which never goes
    /// through memory. Nil for any other rule.
    var asAdam: Adam? { get }
}

extension Optimizer {
    /// Most rules are not Adam's.
    public var asAdam: Adam? { nil }
}

/// A range of weights and what belongs to it.
public struct OptimizedWeights {
    /// The weights, to be moved.
    public let values: UnsafeMutableBufferPointer<Float>
    /// Their gradients.
    public let gradients: UnsafeBufferPointer<Float>
    /// The optimizer's own arrays.
    public let states: [UnsafeMutableBufferPointer<Float>]
}

/// The kernels and the threads of the program whose weights are optimized.
public struct OptimizerRuntime {
    let target: Target
    /// How many threads may be used.
    public var threads: Int { target.threads }
}
