#include "winograd.h"

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
                                          {source, nullptr}, bias, relu, destination};
    convolution.run(ForwardWeights{weights, shape.input_channels, shape.output_channels},
                    Scratch(shape.input_channels, shape.output_channels, scratch));
}

template <bool masked, typename Value>
void backward_data(const kernel_winograd_shape &shape, Values<Value, masked> gradient, const float *weights,
                   Value *source_gradient, void *scratch) {
    Convolution<Value, masked> convolution{image(shape), shape.output_channels, shape.input_channels,
                                           gradient, nullptr, false, source_gradient};
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

bool kernel_winograd_is_supported(void) { return __builtin_cpu_supports("x86-64-v4"); }

size_t kernel_winograd_scratch(const kernel_winograd_shape *shape, size_t threads) {
    size_t inputs = shape->input_channels, outputs = shape->output_channels;
    return std::max(Scratch(inputs, outputs, nullptr).bytes(threads), Scratch(outputs, inputs, nullptr).bytes(threads));
}

void kernel_winograd_forward(const kernel_winograd_shape *shape, const float *source, const float *weights,
                             const float *bias, bool relu, float *destination, void *scratch) {
    forward(*shape, source, weights, bias, relu, destination, scratch);
}

void kernel_winograd_forward_bf16(const kernel_winograd_shape *shape, const uint16_t *source, const float *weights,
                                  const float *bias, bool relu, uint16_t *destination, void *scratch) {
    forward(*shape, source, weights, bias, relu, destination, scratch);
}

void kernel_winograd_backward_data(const kernel_winograd_shape *shape, const float *destination_gradient,
                                   const float *output, const float *weights, float *source_gradient, void *scratch) {
    backward_data(*shape, destination_gradient, output, weights, source_gradient, scratch);
}

void kernel_winograd_backward_data_bf16(const kernel_winograd_shape *shape, const uint16_t *destination_gradient,
                                        const uint16_t *output, const float *weights, uint16_t *source_gradient,
                                        void *scratch) {
    backward_data(*shape, destination_gradient, output, weights, source_gradient, scratch);
}

void kernel_winograd_backward_weights(const kernel_winograd_shape *shape, const float *source,
                                      const float *destination_gradient, const float *output, float *weights_gradient,
                                      float *bias_gradient, void *scratch) {
    backward_weights(*shape, source, destination_gradient, output, weights_gradient, bias_gradient, scratch);
}

void kernel_winograd_backward_weights_bf16(const kernel_winograd_shape *shape, const uint16_t *source,
                                           const uint16_t *destination_gradient, const uint16_t *output,
                                           float *weights_gradient, float *bias_gradient, void *scratch) {
    backward_weights(*shape, source, destination_gradient, output, weights_gradient, bias_gradient, scratch);
}

#else

bool kernel_winograd_is_supported(void) { return false; }

#endif
