// Wide dense layers, whose kernel is larger than the caches: what they cost is mostly the way of the weights from memory
// and back. So the backward pass takes a few rows of weights at a time and does everything that is to be done with them
// while they are in cache: the input's gradient, their own gradient, and Adam.

#include "dense_types.hpp"

bool kernel_dense_is_supported(const kernel_dense *shape) { return shape->inputs % 16 == 0 && shape->units % 32 == 0; }

#if defined(__x86_64__)

static const dense_kernels &kernels_for(const kernel_dense *shape) {
    return shape->type == kernel_bfloat16 ? dense_in_bfloat16 : dense_in_float32;
}

size_t kernel_dense_scratch(const kernel_dense *shape) { return kernels_for(shape).scratch(*shape); }

void kernel_dense_forward(const kernel_dense *shape, const void *source, const float *weights, const float *bias,
                          bool relu, float *destination, float *scratch) {
    kernels_for(shape).forward(*shape, source, weights, bias, relu, destination, scratch);
}

void kernel_dense_backward(const kernel_dense *shape, const void *source, const float *destination_gradient,
                           const float *weights, void *source_gradient, float *weights_gradient, float *scratch) {
    // The weights are only read: they are not const for Adam's sake.
    const dense_gradients gradients{source,           destination_gradient, const_cast<float *>(weights), source_gradient,
                                    weights_gradient, nullptr,              nullptr,                      {}};
    kernels_for(shape).backward(*shape, gradients, scratch);
}

void kernel_dense_backward_adam(const kernel_dense *shape, const void *source, const float *destination_gradient,
                                float *weights, float *first_moment, float *second_moment,
                                const kernel_adam_settings *adam, void *source_gradient, float *scratch) {
    const dense_gradients gradients{source,  destination_gradient, weights,       source_gradient,
                                    nullptr, first_moment,         second_moment, *adam};
    kernels_for(shape).backward(*shape, gradients, scratch);
}

#else

// Never called: there is no AVX-512 here.
size_t kernel_dense_scratch(const kernel_dense *) { return 0; }
void kernel_dense_forward(const kernel_dense *, const void *, const float *, const float *, bool, float *, float *) {}
void kernel_dense_backward(const kernel_dense *, const void *, const float *, const float *, void *, float *, float *) {}
void kernel_dense_backward_adam(const kernel_dense *, const void *, const float *, float *, float *, float *,
                                const kernel_adam_settings *, void *, float *) {}

#endif
