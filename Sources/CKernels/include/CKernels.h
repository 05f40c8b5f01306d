#pragma once
// The few loops of a training step that oneDNN does not have. They run on the same OpenMP threads as oneDNN's own
// primitives, so that two thread pools never fight for the cores. All arrays are float32 unless they say otherwise.

#include <stddef.h>
#include <stdint.h>

#include "winograd.h"

#ifdef __cplusplus
extern "C" {
#endif

/// One parameter's memory for Adam.
typedef struct {
    float *value;
    const float *gradient;
    float *first_moment;
    float *second_moment;
    size_t count;
} kernel_adam_slot;

/// One step of Adam (Kingma & Ba 2015), as Keras writes it: `step_size` is the learning rate times
/// sqrt(1 - beta2^t) / (1 - beta1^t), and epsilon is added to the root of the uncorrected second moment.
void kernel_adam(const kernel_adam_slot *slots, size_t slot_count, float step_size, float beta1, float beta2,
                 float epsilon);

/// output = max(input, 0)
void kernel_relu(const float *input, float *output, size_t count);
/// gradient = 0 where the ReLU's output was 0
void kernel_relu_backward(const float *output, float *gradient, size_t count);

/// Inverted dropout: each element is dropped with probability `rate`, the rest are scaled by 1 / (1 - rate). Which are
/// dropped follows from `key` alone, so the backward pass is the same call on the gradient. `output` may be `input`.
void kernel_dropout(const float *input, float *output, size_t count, float rate, uint64_t key);

/// Row-wise softmax of a [rows, columns] array, and its backward pass, which overwrites the gradient.
void kernel_softmax(const float *input, float *output, size_t rows, size_t columns);
void kernel_softmax_backward(const float *output, float *gradient, size_t rows, size_t columns);

/// Softmax cross-entropy of logits [rows, columns] against class numbers, computed so that no exponential overflows.
/// `gradient` becomes that of the mean loss. Returns the sum of the rows' losses; `correct` counts the rows whose
/// largest logit is the label's.
double kernel_softmax_cross_entropy(const float *logits, const int32_t *labels, float *gradient, size_t rows,
                                    size_t columns, size_t *correct);

/// Mean and biased variance of each channel, for batch normalization. The source lies as [batch, channels / block, space,
/// block], the last block filled up: with block = channels that is channels last, with block = 1 channels first. Sums are
/// in float64 and in one order, whatever the number of threads. `scratch` has room for
/// `kernel_batch_statistics_scratch` float64 values.
void kernel_batch_statistics(const float *source, size_t batch, size_t channels, size_t space, size_t block,
                             float *mean, float *variance, double *scratch);
size_t kernel_batch_statistics_scratch(size_t batch, size_t channels, size_t block);

/// moving = moving * momentum + batch * (1 - momentum)
void kernel_moving_average(float *moving, const float *batch, size_t count, float momentum);

#ifdef __cplusplus
}
#endif
