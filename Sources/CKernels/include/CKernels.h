#pragma once
// Loops of a training step that oneDNN does not have. They run on the same OpenMP threads as oneDNN's own primitives, so
// that two thread pools never fight for the cores. All arrays are float32 unless they say otherwise; those without a C
// type of their own hold elements of the type that is given beside them.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "element_type.h"
#include "epilogue.h"
#include "winograd.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Zeroed memory that begins at a cache line, in huge pages where it is large; NULL where there is none left. To be freed
/// with the same number of bytes.
void *kernel_allocate(size_t bytes);
void kernel_free(void *memory, size_t bytes);

/// One parameter's memory for Adam.
typedef struct {
    float *value;
    const float *gradient;
    float *first_moment;
    float *second_moment;
    size_t count;
} kernel_adam_slot;

/// One step's settings of Adam (Kingma & Ba 2015), as Keras writes it: `step_size` is the learning rate times
/// sqrt(1 - beta2^t) / (1 - beta1^t), and epsilon is added to the root of the uncorrected second moment.
typedef struct {
    float step_size, beta1, beta2, epsilon;
} kernel_adam_settings;

/// One step of Adam.
void kernel_adam(const kernel_adam_slot *slots, size_t slot_count, const kernel_adam_settings *settings);

/// A dense layer. Sources are [batch, inputs] of `type`, destinations [batch, units], weights [inputs, units].
typedef struct {
    size_t batch, inputs, units;
    kernel_element_type type;
} kernel_dense;

/// Whether the functions below can take this shape: inputs are a multiple of 16, units of 32. They need AVX-512, and its
/// instructions for bfloat16 where the source is that.
bool kernel_dense_is_supported(const kernel_dense *shape);
/// The float32 values that each of them needs as scratch, for the current number of threads.
size_t kernel_dense_scratch(const kernel_dense *shape);

/// destination = source · weights + bias, clipped at zero if `relu`.
void kernel_dense_forward(const kernel_dense *shape, const void *source, const float *weights, const float *bias,
                          bool relu, float *destination, float *scratch);
/// source_gradient = destination_gradient · weightsᵀ (left out where NULL) and
/// weights_gradient = sourceᵀ · destination_gradient.
void kernel_dense_backward(const kernel_dense *shape, const void *source, const float *destination_gradient,
                           const float *weights, void *source_gradient, float *weights_gradient, float *scratch);
/// The same, and Adam's step at once, so that the gradient of the weights never goes through memory.
void kernel_dense_backward_adam(const kernel_dense *shape, const void *source, const float *destination_gradient,
                                float *weights, float *first_moment, float *second_moment,
                                const kernel_adam_settings *adam, void *source_gradient, float *scratch);

/// A dense layer's inputs for one example, [channels / block][pixels][block]. Channels are a multiple of `block`, and that
/// is a multiple of 16, or there is one block of one pixel. The weights lie in Keras's order, [pixels][channels][units].
typedef struct {
    size_t pixels, channels, block, units;
} kernel_dense_one;

/// The float32 values that the function below needs as scratch, for the current number of threads.
size_t kernel_dense_one_scratch(const kernel_dense_one *shape);
/// destination = source · weights + bias, and the epilogue. Rows of weights whose input is 0 are not read. `scale` multiplies
/// each channel of the source; NULL for 1. Needs AVX-512.
void kernel_dense_one_forward(const kernel_dense_one *shape, const float *source, const float *scale,
                              const float *weights, const float *bias, const kernel_epilogue *epilogue,
                              float *destination, float *scratch);

/// output = max(input, 0)
void kernel_relu(const void *input, void *output, size_t count, kernel_element_type type);
/// gradient = 0 where the ReLU's output was 0
void kernel_relu_backward(const void *output, void *gradient, size_t count, kernel_element_type type);

/// Inverted dropout: each element is dropped with probability `rate`, the rest are scaled by 1 / (1 - rate). Which are
/// dropped follows from `key` alone, so the backward pass is the same call on the gradient. `output` may be `input`.
void kernel_dropout(const void *input, void *output, size_t count, kernel_element_type type, float rate, uint64_t key);

/// Row-wise softmax of a [rows, columns] array, and its backward pass, which overwrites the gradient.
void kernel_softmax(const float *input, float *output, size_t rows, size_t columns);
void kernel_softmax_backward(const float *output, float *gradient, size_t rows, size_t columns);

/// Softmax cross-entropy of logits [rows, columns] against class numbers, computed so that no exponential overflows.
/// `gradient` becomes that of the mean loss. Returns the sum of the rows' losses; `correct` counts the rows whose
/// largest logit is the label's.
double kernel_softmax_cross_entropy(const float *logits, const int32_t *labels, float *gradient, size_t rows,
                                    size_t columns, size_t *correct);

/// Activations by channels: [batch, channels / block, space, block], the last block filled up with zeros. With block =
/// channels that is channels last, with block = 1 channels first; a batch of vectors is space = 1, block = channels.
typedef struct {
    size_t batch, channels, space, block;
    kernel_element_type type;
} kernel_channels;

/// The float64 values that the functions for batch normalization need as scratch. Their sums are in float64 and in one
/// order, whatever the number of threads.
size_t kernel_batch_normalization_scratch(const kernel_channels *shape);

/// Mean and biased variance of each channel. Both have room for the padded channels of the last block.
void kernel_batch_statistics(const kernel_channels *shape, const void *source, float *mean, float *variance,
                             double *scratch);
/// destination = (source - mean) / sqrt(variance + epsilon) * gamma + beta
void kernel_batch_normalization(const kernel_channels *shape, const void *source, const float *mean,
                                const float *variance, const float *gamma, const float *beta, float epsilon,
                                void *destination, double *scratch);
/// The same with factors that were made before: destination = source * scale + shift, with room for the padded channels.
void kernel_rescale(const kernel_channels *shape, const void *source, const float *scale, const float *shift,
                    void *destination);
/// Makes those factors of `channels` channels.
void kernel_normalization_factors(size_t channels, const float *mean, const float *variance, const float *gamma,
                                  const float *beta, float epsilon, float *scale, float *shift);
/// The gradients of the above, where mean and variance are the batch's own. `relu` says that the source came out of a ReLU
/// and takes its mask along: the source's gradient is 0 where the source is. The two gradients may share memory.
void kernel_batch_normalization_backward(const kernel_channels *shape, const void *source,
                                         const void *destination_gradient, const float *mean, const float *variance,
                                         const float *gamma, float epsilon, bool relu, void *source_gradient,
                                         float *gamma_gradient, float *beta_gradient, double *scratch);

/// sums[column] = the sum of the rows of a [rows, columns] array.
void kernel_column_sums(const float *array, float *sums, size_t rows, size_t columns);

/// moving = moving * momentum + batch * (1 - momentum)
void kernel_moving_average(float *moving, const float *batch, size_t count, float momentum);

#ifdef __cplusplus
}
#endif
