#pragma once
// The activation functions. A new one is a line of the list here, its two formulas in kernels/activation.hpp, and a case of
// `Activation` in Swift.

#include <stdbool.h>

/// Each function's name; whether f'(x) is computed from y = f(x), so that the input need not be kept; and f(x) by its
/// definition, with which the tests compare the kernels in float64.
#define KERNEL_ACTIVATIONS(function)           \
    function(relu, true, x > 0 ? x : 0)        \
    function(sigmoid, true, 1 / (1 + exp(-x))) \
    function(tanh, true, tanh(x))              \
    function(gelu, false, x * erfc(-x / sqrt(2.0)) / 2)

#define KERNEL_ACTIVATION(name, reads_output, definition) kernel_##name,
typedef enum { KERNEL_ACTIVATIONS(KERNEL_ACTIVATION) } kernel_activation;
#undef KERNEL_ACTIVATION

/// Whether f'(x) is computed from y = f(x), and the input need not be kept.
static inline bool kernel_activation_gradient_reads_output(kernel_activation function) {
#define KERNEL_ACTIVATION(name, reads_output, definition) \
    case kernel_##name: return reads_output;
    switch (function) { KERNEL_ACTIVATIONS(KERNEL_ACTIVATION) }
#undef KERNEL_ACTIVATION
    return false;  // no other value exists
}
