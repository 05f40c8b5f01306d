import CNetworkKernels

/// The Adam optimizer (Kingma & Ba 2015) with Keras's defaults and its exact update: with step t,
/// `α = rate · √(1 − β₂ᵗ) / (1 − β₁ᵗ)` and `w −= α · m / (√v + ε)`.
public struct Adam: Optimizer, Hashable {
    /// How fast the weights move; above 0.
    public var learningRate: Float
    /// The decay of the gradients' moving average, 0 to 1.
    public var beta1: Float
    /// The decay of the squared gradients' moving average, 0 to 1.
    public var beta2: Float
    /// Added to the root of the second moment.
    public var epsilon: Float

    /// Keras's defaults.
    public init(learningRate: Float = 1e-3, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-7) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
    }

    /// The moving averages of the gradients and of their squares.
    public static let stateCount = 2

    /// Itself.
    public var asAdam: Adam? { self }

    /// Adam's step on each weight.
    public func update(_ weights: OptimizedWeights, step: Int, on runtime: OptimizerRuntime) {
        var settings = settings(step: step)
        runtime.target.set.elementwise.adam(
            &settings, weights.values.baseAddress, weights.gradients.baseAddress, weights.states[0].baseAddress,
            weights.states[1].baseAddress, weights.values.count, runtime.threads)
    }

    /// What the kernels need to know for step `step`.
    func settings(step: Int) -> kernel_adam {
        kernel_adam(step_size: stepSize(step: step), beta1: beta1, beta2: beta2, epsilon: epsilon)
    }

    /// The factor α of step `step`, which counts from 1.
    func stepSize(step: Int) -> Float {
        func power(_ base: Float) -> Double {
            // Squaring, not `pow`: the same bits on every C library.
            var (result, square, exponent) = (1.0, Double(base), step)
            while exponent > 0 {
                if exponent & 1 == 1 { result *= square }
                square *= square
                exponent >>= 1
            }
            return result
        }
        return Float(Double(learningRate) * (1 - power(beta2)).squareRoot() / (1 - power(beta1)))
    }
}
