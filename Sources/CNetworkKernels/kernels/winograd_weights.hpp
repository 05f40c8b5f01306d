#pragma once
// Weights on their way to the 36 points.

#include "convolution_weights.hpp"
#include "winograd_transforms.hpp"

namespace {
namespace winograd {

/// Weights [3][3][in][out], as vectors of those from channel `k` to the channels from `channel` on. Turned, they are
/// those of the gradient's convolution: rotated by 180 degrees, input and output swapped.
struct Weights {
    const float *weights;
    size_t inputs, outputs;
    bool is_turned;

    INLINE Vector at(size_t row, size_t column, size_t k, size_t channel) const {
        if (!is_turned) return load(weights + ((row * kernel_size + column) * inputs + k) * outputs + channel);
        const size_t turned = (kernel_size - 1 - row) * kernel_size + kernel_size - 1 - column;
        float values[lanes];
        for (size_t lane = 0; lane < lanes; ++lane)
            values[lane] = weights[(turned * inputs + channel + lane) * outputs + k];
        return load(values);
    }
};

/// Transforms the weights for one input channel and one vector of output channels; `result` is their place at point 0.
INLINE void transform_weights_of(const Weights &weights, size_t k, size_t channel, float *result, size_t step) {
    Vector half[input_size][kernel_size];
    for (size_t c = 0; c < kernel_size; ++c) {
        Vector values[kernel_size], transformed[input_size];
        UNROLL
        for (size_t r = 0; r < kernel_size; ++r) values[r] = weights.at(r, c, k, channel);
        transform_weights(values, transformed);
        UNROLL
        for (size_t r = 0; r < input_size; ++r) half[r][c] = transformed[r];
    }
    for (size_t r = 0; r < input_size; ++r) {
        Vector transformed[input_size];
        transform_weights(half[r], transformed);
        UNROLL
        for (size_t c = 0; c < input_size; ++c) store(result + (r * input_size + c) * step, transformed[c]);
    }
}

inline size_t packed_count(const kernel_convolution *shape) {
    return points * point_step(shape->input_channels, shape->output_channels);
}

inline void pack(const kernel_convolution *shape, bool turned, const float *weights, float *packed, size_t threads) {
    const size_t depth = turned ? shape->output_channels : shape->input_channels;
    const size_t width = turned ? shape->input_channels : shape->output_channels;
    const Weights from{weights, shape->input_channels, shape->output_channels, turned};
    const size_t step = point_step(depth, width);
    // To the panels of `multiply_point`, [36][panels][depth][panel]. One panel after another: turned weights lie apart,
    // and a cache line of them holds those of the next input channels.
    parallel::ranges(
        threads, depth,
        [=](size_t begin, size_t end) {
            for_each_panel(width, [&](size_t first, auto columns) {
                for (size_t k = begin; k < end; ++k) {
                    for (size_t column = 0; column < columns; ++column)
                        transform_weights_of(from, k, first + column * lanes,
                                             packed + first * depth + (k * columns + column) * lanes, step);
                }
            });
        },
        std::max<size_t>(4096 / width, 1), 1);
}

}  // namespace winograd
}  // namespace
