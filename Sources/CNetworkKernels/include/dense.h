#pragma once
// Dense layers that are bound by the way of their weights from memory: wide ones, and those of a single example.

#include "element_type.h"
#include "epilogue.h"

#include <stdbool.h>
#include <stddef.h>

/// A dense layer: source [batch, inputs] of `type`, destination [batch, units] of float32, weights [inputs, units].
typedef struct {
    size_t batch, inputs, units;
    kernel_element_type type;
} kernel_dense;

/// One step of Adam (Kingma & Ba 2015), as Keras writes it: `step_size` is the learning rate times
/// sqrt(1 - beta2^t) / (1 - beta1^t), and epsilon is added to the root of the uncorrected second moment.
typedef struct {
    float step_size, beta1, beta2, epsilon;
} kernel_adam;

/// The backward pass's arrays. Either `weight_gradient` is given, and the weights are only read; or it is NULL, and Adam's
/// moments and settings move the weights at once, so that their gradient never goes through memory.
typedef struct {
    const void *source;
    const float *destination_gradient;
    float *weights;
    /// Of the layer's type; NULL where nobody asks for it.
    void *source_gradient;
    float *weight_gradient, *first_moment, *second_moment;
    kernel_adam adam;
} kernel_dense_gradients;

typedef struct {
    /// Whether `forward` and `backward` can take this shape: rows of units fill whole vectors.
    bool (*is_supported)(const kernel_dense *shape);
    /// The bytes of scratch that either needs.
    size_t (*scratch)(const kernel_dense *shape, size_t threads);
    /// destination = the epilogue of source · weights.
    void (*forward)(const kernel_dense *shape, const void *source, const float *weights,
                    const kernel_epilogue *epilogue, float *destination, void *scratch, size_t threads);
    /// source_gradient = destination_gradient · weightsᵀ, and weight_gradient = sourceᵀ · destination_gradient or Adam's step
    /// with it.
    void (*backward)(const kernel_dense *shape, const kernel_dense_gradients *gradients, void *scratch, size_t threads);

    /// For a batch of one in float32, of any size: rows of weights whose input is 0 are not read. `scale` multiplies the
    /// inputs, input i by scale[i % channels]; NULL for 1.
    size_t (*one_scratch)(const kernel_dense *shape, size_t threads);
    void (*one)(const kernel_dense *shape, const float *source, const float *scale, size_t channels, const float *weights,
                const kernel_epilogue *epilogue, float *destination, void *scratch, size_t threads);
} kernel_dense_layers;
