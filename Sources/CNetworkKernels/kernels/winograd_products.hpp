#pragma once
// The matrix products between the transforms, one for each of the 36 points. Transformed activations lie as
// [point][tile][channels].

#include "convolution_weights.hpp"
#include "product.hpp"
#include "winograd_transforms.hpp"

namespace {
namespace winograd {

/// The product for one point: tiles [count][depth] times weights, which lie in panels.
inline void multiply_point(const float *source, const float *weights, size_t depth, size_t width, size_t count,
                           float *result) {
    for_each_panel(width, [&](size_t channel, auto columns) __attribute__((always_inline)) {
        for_each_tile(count, [&](size_t begin, size_t end) __attribute__((always_inline)) {
            with_rows(end - begin, [&](auto rows) __attribute__((always_inline)) {
                Vector tile[decltype(rows)::value][decltype(columns)::value];
                clear(tile);
                add_products(source + begin * depth, depth, 1, weights + channel * depth, columns * lanes, depth, tile);
                store_tile(tile, result + begin * width + channel, width);
            });
        });
    });
}

template <size_t rows, size_t columns>
INLINE void add_tile(const float *from, size_t stride, Vector (&tile)[rows][columns]) {
    UNROLL
    for (size_t row = 0; row < rows; ++row) {
        UNROLL
        for (size_t column = 0; column < columns; ++column) {
            tile[row][column] += load(from + row * stride + column * lanes);
        }
    }
}

/// The weights' gradient for one point: result [depth][width] (+)= the sum over tiles of source times gradient. Each
/// call's sum is made apart and then added: long sums stay accurate.
inline void accumulate_point(const float *source, const float *gradient, size_t depth, size_t width, size_t count,
                             bool is_first, float *result) {
    for_each_panel(width, [&](size_t channel, auto columns) __attribute__((always_inline)) {
        for_each_tile(depth, [&](size_t begin, size_t end) __attribute__((always_inline)) {
            with_rows(end - begin, [&](auto rows) __attribute__((always_inline)) {
                Vector tile[decltype(rows)::value][decltype(columns)::value];
                clear(tile);
                add_products(source + begin, 1, depth, gradient + channel, width, count, tile);
                float *sums = result + begin * width + channel;
                if (!is_first) add_tile(sums, width, tile);
                store_tile(tile, sums, width);
            });
        });
    });
}

}  // namespace winograd
}  // namespace
