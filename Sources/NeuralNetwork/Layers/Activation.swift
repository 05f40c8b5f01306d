import CNetworkKernels

/// What a layer does to its result before passing it on.
public enum Activation: String, Codable, Hashable, Sendable, CaseIterable {
    /// The result as it is.
    case linear
    /// Negative values become zero.
    case relu
    /// 1 / (1 + e⁻ˣ).
    case sigmoid
    /// The hyperbolic tangent.
    case tanh
    /// x · Φ(x), where Φ(x) is the standard normal distribution's share below x (Hendrycks & Gimpel 2016). By the error function
    /// and not by its approximation with tanh, as Keras does by default.
    case gelu
    /// Exponentials, normalized to sum to one over the last axis.
    case softmax

    /// How it is computed.
    enum Form: Equatable {
        /// Not at all.
        case identity
        /// Each element by itself.
        case elementwise(kernel_activation)
        /// Each row as a whole.
        case rowwise
    }

    /// How it is computed.
    var form: Form {
        switch self {
        case .linear: .identity
        case .relu: .elementwise(kernel_relu)
        case .sigmoid: .elementwise(kernel_sigmoid)
        case .tanh: .elementwise(kernel_tanh)
        case .gelu: .elementwise(kernel_gelu)
        case .softmax: .rowwise
        }
    }

    /// An elementwise function in the kernels' interface.
    var ofKernels: kernel_activation {
        guard case .elementwise(let function) = form else { preconditionFailure("\(self) is not elementwise") }
        return function
    }
}
