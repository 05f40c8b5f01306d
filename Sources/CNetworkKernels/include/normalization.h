#pragma once
// Batch normalization of rows of channels. Sums over a batch are in float64: in float32, summed one by one, they can be
// off by 1e-4 of what comes out in the end.

#include "element_type.h"

#include <stdbool.h>
#include <stddef.h>

/// An array [rows][channels] of `type`.
typedef struct {
    size_t rows, channels;
    kernel_element_type type;
} kernel_rows;

typedef struct {
    /// The bytes of scratch that any of these needs. It does not depend on the number of threads, nor do any results.
    size_t (*scratch)(const kernel_rows *shape);
    /// Each channel's mean and variance.
    void (*statistics)(const kernel_rows *shape, const void *source, float *mean, float *variance, void *scratch,
                       size_t threads);
    /// The factors of y = scale · x + shift that normalize by this mean and variance: gamma / sqrt(variance + epsilon),
    /// and beta - mean · scale.
    void (*factors)(size_t channels, const float *mean, const float *variance, const float *gamma, const float *beta,
                    float epsilon, float *scale, float *shift);
    /// destination = scale · source + shift, by channel. The two may be the same array.
    void (*rescale)(const kernel_rows *shape, const void *source, const float *scale, const float *shift,
                    void *destination, size_t threads);
    /// The gradients of a normalization by the batch's own statistics. With `masks_relu` the source is the output of a ReLU,
    /// and its gradient is 0 where the source is not positive. The two activation gradients may be the same array.
    void (*gradients)(const kernel_rows *shape, const void *source, const void *destination_gradient, const float *mean,
                      const float *variance, const float *gamma, float epsilon, bool masks_relu, void *source_gradient,
                      float *gamma_gradient, float *beta_gradient, void *scratch, size_t threads);
} kernel_normalizations;
