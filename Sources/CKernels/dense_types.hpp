#pragma once
// What the wide dense layer's files share: the passes' arguments, and a table of the passes for each type of source.

#include "CKernels.h"
#include "avx512.hpp"
#include "parallel.hpp"

#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>

/// The backward pass's arrays. Either `weights_gradient` is given, or Adam's moments and settings.
struct dense_gradients {
    const void *source;
    const float *destination_gradient;
    float *weights;
    void *source_gradient;
    float *weights_gradient, *first_moment, *second_moment;
    kernel_adam_settings adam;
};

struct dense_kernels {
    size_t (*scratch)(const kernel_dense &);
    void (*forward)(const kernel_dense &, const void *source, const float *weights, const float *bias, bool relu,
                    float *destination, float *scratch);
    void (*backward)(const kernel_dense &, const dense_gradients &, float *scratch);
};

extern const dense_kernels dense_in_float32, dense_in_bfloat16;
#endif
