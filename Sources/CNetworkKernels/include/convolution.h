#pragma once
// Convolutions over two dimensions of space with stride 1. One over a sequence has height 1. A dense layer is one of 1×1
// over a single row of `batch` pixels.

#include "element_type.h"
#include "epilogue.h"

#include <stddef.h>

/// A forward convolution's shape: source [batch][height][width][input_channels], destination [batch][output_height]
/// [output_width][output_channels], weights [kernel_height][kernel_width][input_channels][output_channels].
/// `padding_top` and `padding_left` are the zeros before the source; those behind it follow from the sizes.
typedef struct {
    size_t batch, height, width, input_channels;
    size_t output_height, output_width, output_channels;
    size_t kernel_height, kernel_width, padding_top, padding_left;
    /// Of source and destination and their gradients.
    kernel_element_type type;
} kernel_convolution;

/// One way to convolve. `packed` weights are these kernels' own order, made by `pack`. `mask` is the output of a ReLU that
/// the masked array came out of, or whose gradient it is: where it is not positive, the array counts as 0. NULL for none.
typedef struct {
    /// The float32 values of the packed weights, for the forward pass and for that of the gradient.
    size_t (*packed_count)(const kernel_convolution *shape);
    /// Packs weights for `forward`, or with `turned` for `source_gradient`. Memory for `packed` begins at a cache line.
    void (*pack)(const kernel_convolution *shape, bool turned, const float *weights, float *packed, size_t threads);
    /// The bytes of scratch that any of the three passes needs.
    size_t (*scratch)(const kernel_convolution *shape, size_t threads);
    /// destination = the epilogue of source * weights.
    void (*forward)(const kernel_convolution *shape, const void *source, const float *packed,
                    const kernel_epilogue *epilogue, void *destination, void *scratch, size_t threads);
    /// The gradient with respect to the source.
    void (*source_gradient)(const kernel_convolution *shape, const void *destination_gradient, const void *mask,
                            const float *packed, void *source_gradient, void *scratch, size_t threads);
    /// The gradients with respect to weights and bias; `bias_gradient` may be NULL.
    void (*weight_gradients)(const kernel_convolution *shape, const void *source, const void *destination_gradient,
                             const void *mask, float *weight_gradient, float *bias_gradient, void *scratch,
                             size_t threads);
} kernel_convolutions;
