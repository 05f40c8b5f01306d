#pragma once
// 3×3 convolutions with stride 1 and padding "same" by Winograd's algorithm F(4×4, 3×3) (Lavin & Gray 2016): 36
// products for an output tile of 16 values instead of 144.
//
// Activations lie as oneDNN's nChw16c, [batch][channels / 16][height][width][16]. Weights and their gradient lie in
// Keras's order, [3][3][input channels][output channels]. Activations and their gradients are float32 or, where a name
// ends in _bf16, bfloat16. All else is float32. The same number of threads gives the same bits.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/// Whether this processor has the instructions (AVX-512). Where not, nothing below may be called.
bool kernel_winograd_is_supported(void);

/// The bytes of scratch that any of the passes needs. `threads` is at least the OpenMP runtime's maximum during a pass.
size_t kernel_winograd_scratch(const kernel_winograd_shape *shape, size_t threads);

/// destination = convolution of source + bias, then max(·, 0) if `relu`. `bias` may be NULL.
void kernel_winograd_forward(const kernel_winograd_shape *shape, const float *source, const float *weights,
                             const float *bias, bool relu, float *destination, void *scratch);
void kernel_winograd_forward_bf16(const kernel_winograd_shape *shape, const uint16_t *source, const float *weights,
                                  const float *bias, bool relu, uint16_t *destination, void *scratch);

/// The gradient with respect to the source. If `output` is given, a ReLU followed the convolution: where its output is
/// not positive, the destination's gradient counts as 0.
void kernel_winograd_backward_data(const kernel_winograd_shape *shape, const float *destination_gradient,
                                   const float *output, const float *weights, float *source_gradient, void *scratch);
void kernel_winograd_backward_data_bf16(const kernel_winograd_shape *shape, const uint16_t *destination_gradient,
                                        const uint16_t *output, const float *weights, uint16_t *source_gradient,
                                        void *scratch);

/// The gradients with respect to weights and bias. `output` as above; `bias_gradient` may be NULL.
void kernel_winograd_backward_weights(const kernel_winograd_shape *shape, const float *source,
                                      const float *destination_gradient, const float *output, float *weights_gradient,
                                      float *bias_gradient, void *scratch);
void kernel_winograd_backward_weights_bf16(const kernel_winograd_shape *shape, const uint16_t *source,
                                           const uint16_t *destination_gradient, const uint16_t *output,
                                           float *weights_gradient, float *bias_gradient, void *scratch);

#ifdef __cplusplus
}
#endif
