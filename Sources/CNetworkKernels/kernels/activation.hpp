#pragma once
// The formulas of the activation functions, on vectors, and of their derivatives.

#include "exponential.hpp"

namespace {

/// f(x).
INLINE Vector activate(kernel_activation function, Vector x) {
    switch (function) {
    case kernel_relu: return where_positive(x, x);
    case kernel_sigmoid: return 1 / (1 + exponential(-x));
    case kernel_tanh: return hyperbolic_tangent(x);
    }
    __builtin_unreachable();
}

/// f'(x), from y = f(x) where `kernel_activation_gradient_reads_output` says so, else from x.
INLINE Vector slope(kernel_activation function, Vector value) {
    switch (function) {
    case kernel_relu: return where_positive(value, splat(1));
    case kernel_sigmoid: return value * (1 - value);
    case kernel_tanh: return 1 - value * value;
    }
    __builtin_unreachable();
}

/// Calls `body` with the function as a constant.
template <typename Body>
INLINE void with_activation(kernel_activation function, const Body &body) {
#define KERNEL_ACTIVATION(name, reads_output, definition) \
    case kernel_##name: return body(std::integral_constant<kernel_activation, kernel_##name>());
    switch (function) { KERNEL_ACTIVATIONS(KERNEL_ACTIVATION) }
#undef KERNEL_ACTIVATION
}

}  // namespace
