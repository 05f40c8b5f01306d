#pragma once
// The activation functions: their list and, for the kernels, their formulas. A new one is a case here, its two formulas
// below, and a case of `Activation` in Swift.

#include <stdbool.h>

typedef enum { kernel_relu, kernel_sigmoid, kernel_tanh } kernel_activation;

/// Whether f'(x) is computed from y = f(x), and the input need not be kept.
static inline bool kernel_activation_gradient_reads_output(kernel_activation function) {
    switch (function) {
    case kernel_relu:
    case kernel_sigmoid:
    case kernel_tanh: return true;
    }
    return false;  // no other value exists; the switch names them all, so that the compiler asks for a new one
}
