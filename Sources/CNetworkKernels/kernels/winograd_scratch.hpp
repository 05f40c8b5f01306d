#pragma once
// How the passes divide the caller's scratch memory among threads.

#include "winograd_products.hpp"

namespace {
namespace winograd {

/// The tiles that are transformed, multiplied and transformed back in one go: what stays in the second-level cache
/// beside the transformed weights and the activations that are on their way. But no fewer than 24: the weights, or the
/// sums of their gradient, are read once for all of these, and that must cost less than the products.
inline size_t tiles_at_once(size_t input_channels, size_t output_channels) {
    constexpr size_t cache = 192 << 10, fewest = 24;
    const size_t tile = points * (input_channels + output_channels) * sizeof(float);
    return rounded_up(std::max(cache / tile, fewest), tile_rows);
}

/// A thread's scratch memory: tiles of the source, their products or those of the gradient, and for the gradient of the
/// weights its sums at the 36 points and the bias's.
struct Scratch {
    size_t tiles, source_step, result_step, weights_step, bias;

    Scratch(size_t input_channels, size_t output_channels)
        : tiles(tiles_at_once(input_channels, output_channels)),
          source_step(point_step(tiles, input_channels)),
          result_step(point_step(tiles, output_channels)),
          weights_step(point_step(input_channels, output_channels)),
          bias(rounded_up(output_channels * sizeof(double) / sizeof(float), 16)) {}

    size_t values() const { return points * (source_step + result_step + weights_step) + bias; }
    size_t bytes(size_t threads) const { return threads * values() * sizeof(float); }

    float *source(void *scratch, size_t thread) const { return static_cast<float *>(scratch) + thread * values(); }
    float *result(void *scratch, size_t thread) const { return source(scratch, thread) + points * source_step; }
    /// [36][input channels][output channels].
    float *weight_sums(void *scratch, size_t thread) const { return result(scratch, thread) + points * result_step; }
    double *bias_sums(void *scratch, size_t thread) const {
        return reinterpret_cast<double *>(weight_sums(scratch, thread) + points * weights_step);
    }
};

}  // namespace winograd
}  // namespace
