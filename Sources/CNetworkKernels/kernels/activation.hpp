#pragma once
// The formulas of the activation functions, on vectors, and of their derivatives.

#include "exponential.hpp"

namespace {

/// e^(-x²/2), the standard normal distribution's density at x but for a factor.
INLINE Vector bell(Vector x) { return exponential(-0.5f * x * x); }

/// The standard normal distribution's share below x. That beyond |x| is the bell's height times a polynomial of
/// t = 1 / (1 + 0.3 |x|), fitted to an error of 1.5e-7 of its value, however small it is.
INLINE Vector normal_distribution(Vector x) {
    const Vector t = 1 / (1 + 0.3f * (x < 0 ? -x : x));
    Vector sum = splat(0.0356748758f);
    sum = sum * t - 0.157203495f;
    sum = sum * t + 0.20635419f;
    sum = sum * t - 0.0536842408f;
    sum = sum * t + 0.128561922f;
    sum = sum * t + 0.0999134093f;
    sum = sum * t + 0.120753968f;
    sum = sum * t + 0.119629298f;
    const Vector beyond = bell(x) * t * sum, below = 1 - beyond;
    return x > 0 ? below : beyond;
}

/// f(x).
INLINE Vector activate(kernel_activation function, Vector x) {
    switch (function) {
    case kernel_relu: return where_positive(x, x);
    case kernel_sigmoid: return 1 / (1 + exponential(-x));
    case kernel_tanh: return hyperbolic_tangent(x);
    case kernel_gelu: return x * normal_distribution(x);
    }
    __builtin_unreachable();
}

/// f'(x), from y = f(x) where `kernel_activation_gradient_reads_output` says so, else from x.
INLINE Vector slope(kernel_activation function, Vector value) {
    switch (function) {
    case kernel_relu: return where_positive(value, splat(1));
    case kernel_sigmoid: return value * (1 - value);
    case kernel_tanh: return 1 - value * value;
    case kernel_gelu: return normal_distribution(value) + value * bell(value) * 0.398942280f;
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
