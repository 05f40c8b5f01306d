#include "winograd.h"

#if defined(__x86_64__)

#include "winograd_backward_weights.hpp"
#include "winograd_forward.hpp"

using namespace winograd;

namespace {

template <bool masked>
void backward_data(const kernel_winograd_shape &shape, Values<masked> gradient, const float *weights,
                   float *source_gradient, void *memory) {
    Convolution<masked> convolution{{shape.height, shape.width}, shape.output_channels, shape.input_channels, gradient,
                                    nullptr, false, source_gradient};
    convolution.run(shape.batch, BackwardWeights{weights, shape.input_channels, shape.output_channels},
                    Scratch(shape.output_channels, shape.input_channels, memory));
}

template <bool masked>
void backward_weights(const kernel_winograd_shape &shape, const float *source, Values<masked> gradient,
                      float *weights_gradient, float *bias_gradient, void *memory) {
    WeightsGradient<masked> pass{{shape.height, shape.width}, shape.input_channels, shape.output_channels,
                                 {source, nullptr}, gradient};
    pass.run(shape.batch, Scratch(shape.input_channels, shape.output_channels, memory), weights_gradient,
             bias_gradient);
}

}  // namespace

bool kernel_winograd_is_supported(void) { return __builtin_cpu_supports("x86-64-v4"); }

size_t kernel_winograd_scratch(const kernel_winograd_shape *shape, size_t threads) {
    size_t inputs = shape->input_channels, outputs = shape->output_channels;
    return std::max(Scratch(inputs, outputs, nullptr).bytes(threads), Scratch(outputs, inputs, nullptr).bytes(threads));
}

void kernel_winograd_forward(const kernel_winograd_shape *shape, const float *source, const float *weights,
                             const float *bias, bool relu, float *destination, void *scratch) {
    Convolution<false> convolution{{shape->height, shape->width}, shape->input_channels, shape->output_channels,
                                   {source, nullptr}, bias, relu, destination};
    convolution.run(shape->batch, ForwardWeights{weights, shape->input_channels, shape->output_channels},
                    Scratch(shape->input_channels, shape->output_channels, scratch));
}

void kernel_winograd_backward_data(const kernel_winograd_shape *shape, const float *destination_gradient,
                                   const float *output, const float *weights, float *source_gradient, void *scratch) {
    if (output)
        backward_data(*shape, Values<true>{destination_gradient, output}, weights, source_gradient, scratch);
    else
        backward_data(*shape, Values<false>{destination_gradient, nullptr}, weights, source_gradient, scratch);
}

void kernel_winograd_backward_weights(const kernel_winograd_shape *shape, const float *source,
                                      const float *destination_gradient, const float *output, float *weights_gradient,
                                      float *bias_gradient, void *scratch) {
    if (output)
        backward_weights(*shape, source, Values<true>{destination_gradient, output}, weights_gradient, bias_gradient,
                         scratch);
    else
        backward_weights(*shape, source, Values<false>{destination_gradient, nullptr}, weights_gradient, bias_gradient,
                         scratch);
}

#else

bool kernel_winograd_is_supported(void) { return false; }

#endif
