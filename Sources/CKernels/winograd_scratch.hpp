#pragma once
// How the passes divide the caller's scratch memory among threads.

#include <algorithm>
#include <cstdint>

#include "include/winograd.h"
#include "winograd_products.hpp"

namespace winograd {

/// The tiles that are transformed, multiplied and transformed back in one go: what stays in the second-level cache
/// beside the transformed weights and the activations that are on their way, but no less than the products' own rows.
inline size_t tiles_at_once(size_t input_channels, size_t output_channels) {
    constexpr size_t cache = 192 << 10;
    size_t tile = points * (input_channels + output_channels) * sizeof(float);
    return std::max(cache / tile / most_rows, size_t(1)) * most_rows;
}

/// The scratch memory: the weights, transformed, or their gradient before its transform, and each thread's tiles.
class Scratch {
    float *memory;
    size_t weights, source, result, bias;

    // Arrays begin at cache lines.
    static constexpr size_t line = 64;
    size_t thread_size() const { return weights + source + result + bias; }

public:
    const size_t tiles;

    Scratch(size_t input_channels, size_t output_channels, void *memory)
        : memory(reinterpret_cast<float *>((reinterpret_cast<uintptr_t>(memory) + line - 1) / line * line)),
          weights(points * input_channels * output_channels),
          tiles(tiles_at_once(input_channels, output_channels)) {
        source = points * tiles * input_channels;
        result = points * tiles * output_channels;
        bias = output_channels * sizeof(double) / sizeof(float);
    }

    size_t bytes(size_t threads) const { return threads * thread_size() * sizeof(float) + line; }

    /// [36][input channels][output channels]; that of thread 0 is the one that all threads share.
    float *thread_weights(size_t thread) const { return memory + thread * thread_size(); }
    float *thread_source(size_t thread) const { return thread_weights(thread) + weights; }
    float *thread_result(size_t thread) const { return thread_source(thread) + source; }
    double *thread_bias(size_t thread) const { return reinterpret_cast<double *>(thread_result(thread) + result); }
};

}  // namespace winograd
