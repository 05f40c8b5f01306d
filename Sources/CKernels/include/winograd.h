#pragma once
// 3×3 convolutions with stride 1 and padding "same" by Winograd's algorithm F(4×4, 3×3) (Lavin & Gray 2016): 36
// products for an output tile of 16 values instead of 144.
//
// Activations lie as oneDNN's nChw16c, [batch][channels / 16][height][width][16]. Weights and their gradient lie in
// Keras's order, [3][3][input channels][output channels]. Sums and weights are float32.
// Activations and their gradients are of the type that is named. The same number of threads gives the same bits. All of it
// needs AVX-512.

#include "element_type.h"
#include "epilogue.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Channels are multiples of 16. Height and width are those of the input, and so of the output.
typedef struct {
    size_t batch;
    size_t height;
    size_t width;
    size_t input_channels;
    size_t output_channels;
} kernel_winograd_shape;

/// The bytes of scratch that any of the passes needs. `threads` is at least the OpenMP runtime's maximum during the pass.
size_t kernel_winograd_scratch(const kernel_winograd_shape *shape, size_t threads);

/// destination = convolution of source + bias, then max(·, 0) if `relu`. `bias` may be NULL.
void kernel_winograd_forward(const kernel_winograd_shape *shape, kernel_element_type type, const void *source,
                             const float *weights, const float *bias, bool relu, void *destination, void *scratch);

/// The same for float32 in inference, with weights that were transformed before: `kernel_winograd_transformed_weights`
/// values, which begin at a cache line.
size_t kernel_winograd_transformed_weights(const kernel_winograd_shape *shape);
void kernel_winograd_transform_weights(const kernel_winograd_shape *shape, const float *weights, float *transformed);
void kernel_winograd_infer(const kernel_winograd_shape *shape, const float *source, const float *transformed_weights,
                           const float *bias, const kernel_epilogue *epilogue, float *destination, void *scratch);

/// The gradient with respect to the source. If `output` is given, a ReLU followed the convolution: where its output is not
/// positive, the destination's gradient counts as 0.
void kernel_winograd_backward_data(const kernel_winograd_shape *shape, kernel_element_type type,
                                   const void *destination_gradient, const void *output, const float *weights,
                                   void *source_gradient, void *scratch);

/// The gradients with respect to weights and bias. `output` as above; `bias_gradient` may be NULL.
void kernel_winograd_backward_weights(const kernel_winograd_shape *shape, kernel_element_type type, const void *source,
                                      const void *destination_gradient, const void *output, float *weights_gradient,
                                      float *bias_gradient, void *scratch);

#ifdef __cplusplus
}
#endif
