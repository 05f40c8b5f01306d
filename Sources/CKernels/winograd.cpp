#include "CKernels.h"
#include "bfloat16.hpp"

#if defined(__x86_64__)

#include "winograd_backward_weights.hpp"
#include "winograd_forward.hpp"

using namespace winograd;

namespace {

Image image(const kernel_winograd_shape &shape) { return {shape.batch, shape.height, shape.width}; }

template <typename Value>
void forward(const kernel_winograd_shape &shape, const Value *source, const float *weights, const float *bias,
             bool relu, Value *destination, void *scratch) {
    Convolution<Value, false> convolution{image(shape), shape.input_channels, shape.output_channels,
                                          {source, nullptr}, bias, {relu, nullptr, nullptr}, destination};
    convolution.run(ForwardWeights{weights, shape.input_channels, shape.output_channels},
                    Scratch(shape.input_channels, shape.output_channels, scratch));
}

template <bool masked, typename Value>
void backward_data(const kernel_winograd_shape &shape, Values<Value, masked> gradient, const float *weights,
                   Value *source_gradient, void *scratch) {
    Convolution<Value, masked> convolution{image(shape), shape.output_channels, shape.input_channels,
                                           gradient, nullptr, {}, source_gradient};
    convolution.run(BackwardWeights{weights, shape.input_channels, shape.output_channels},
                    Scratch(shape.output_channels, shape.input_channels, scratch));
}

template <typename Value>
void backward_data(const kernel_winograd_shape &shape, const Value *gradient, const Value *output,
                   const float *weights, Value *source_gradient, void *scratch) {
    if (output)
        backward_data<true, Value>(shape, {gradient, output}, weights, source_gradient, scratch);
    else
        backward_data<false, Value>(shape, {gradient, nullptr}, weights, source_gradient, scratch);
}

template <bool masked, typename Value>
void backward_weights(const kernel_winograd_shape &shape, const Value *source, Values<Value, masked> gradient,
                      float *weights_gradient, float *bias_gradient, void *scratch) {
    WeightsGradient<Value, masked> pass{image(shape), shape.input_channels, shape.output_channels,
                                        {source, nullptr}, gradient};
    pass.run(Scratch(shape.input_channels, shape.output_channels, scratch), weights_gradient,
             bias_gradient);
}

template <typename Value>
void backward_weights(const kernel_winograd_shape &shape, const Value *source, const Value *gradient,
                      const Value *output, float *weights_gradient, float *bias_gradient, void *scratch) {
    if (output)
        backward_weights<true, Value>(shape, source, {gradient, output}, weights_gradient, bias_gradient, scratch);
    else
        backward_weights<false, Value>(shape, source, {gradient, nullptr}, weights_gradient, bias_gradient, scratch);
}

}  // namespace

size_t kernel_winograd_scratch(const kernel_winograd_shape *shape, size_t threads) {
    size_t inputs = shape->input_channels, outputs = shape->output_channels;
    return std::max(Scratch(inputs, outputs, nullptr).bytes(threads), Scratch(outputs, inputs, nullptr).bytes(threads));
}

void kernel_winograd_forward(const kernel_winograd_shape *shape, kernel_element_type type, const void *source,
                             const float *weights, const float *bias, bool relu, void *destination, void *scratch) {
    kernels::with_element_type(type, [&](auto zero) {
        using Value = decltype(zero);
        forward(*shape, static_cast<const Value *>(source), weights, bias, relu, static_cast<Value *>(destination),
                scratch);
    });
}

size_t kernel_winograd_transformed_weights(const kernel_winograd_shape *shape) {
    return points * shape->input_channels * shape->output_channels;
}

void kernel_winograd_transform_weights(const kernel_winograd_shape *shape, const float *weights, float *transformed) {
    Convolution<float, false> convolution{image(*shape), shape->input_channels, shape->output_channels, {}, nullptr,
                                          {},            nullptr};
    convolution.transform_all_weights(ForwardWeights{weights, shape->input_channels, shape->output_channels},
                                      transformed);
}

void kernel_winograd_infer(const kernel_winograd_shape *shape, const float *source, const float *transformed_weights,
                           const float *bias, const kernel_epilogue *epilogue, float *destination, void *scratch) {
    Convolution<float, false> convolution{image(*shape), shape->input_channels, shape->output_channels,
                                          {source, nullptr}, bias, *epilogue, destination};
    convolution.run_transformed(transformed_weights, Scratch(shape->input_channels, shape->output_channels, scratch));
}

void kernel_winograd_backward_data(const kernel_winograd_shape *shape, kernel_element_type type,
                                   const void *destination_gradient, const void *output, const float *weights,
                                   void *source_gradient, void *scratch) {
    kernels::with_element_type(type, [&](auto zero) {
        using Value = decltype(zero);
        backward_data(*shape, static_cast<const Value *>(destination_gradient), static_cast<const Value *>(output),
                      weights, static_cast<Value *>(source_gradient), scratch);
    });
}

void kernel_winograd_backward_weights(const kernel_winograd_shape *shape, kernel_element_type type, const void *source,
                                      const void *destination_gradient, const void *output, float *weights_gradient,
                                      float *bias_gradient, void *scratch) {
    kernels::with_element_type(type, [&](auto zero) {
        using Value = decltype(zero);
        backward_weights(*shape, static_cast<const Value *>(source), static_cast<const Value *>(destination_gradient),
                         static_cast<const Value *>(output), weights_gradient, bias_gradient, scratch);
    });
}

#else

// Never called: there is no AVX-512 here.
size_t kernel_winograd_scratch(const kernel_winograd_shape *, size_t) { return 0; }
void kernel_winograd_forward(const kernel_winograd_shape *, kernel_element_type, const void *, const float *,
                             const float *, bool, void *, void *) {}
size_t kernel_winograd_transformed_weights(const kernel_winograd_shape *) { return 0; }
void kernel_winograd_transform_weights(const kernel_winograd_shape *, const float *, float *) {}
void kernel_winograd_infer(const kernel_winograd_shape *, const float *, const float *, const float *,
                           const kernel_epilogue *, float *, void *) {}
void kernel_winograd_backward_data(const kernel_winograd_shape *, kernel_element_type, const void *, const void *,
                                   const float *, void *, void *) {}
void kernel_winograd_backward_weights(const kernel_winograd_shape *, kernel_element_type, const void *, const void *,
                                      const void *, float *, float *, void *) {}

#endif
