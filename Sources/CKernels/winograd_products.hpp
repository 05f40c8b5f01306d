#pragma once
// The matrix products between the transforms, one for each of the 36 points. Transformed activations lie as
// [point][channels / 16][tile][16], so that tiles are a constant step apart.

#include <algorithm>
#include <array>
#include <utility>

#include "winograd_transforms.hpp"

AVX512_BEGIN

namespace winograd {

/// 14 tiles × 2 vectors are 28 sums in registers; 3 registers are left for the operands.
constexpr size_t most_rows = 14, most_columns = 2;

/// result[column][row][16] = sum over k of source[k / 16][row][k % 16] * weights[k][column][16]. A step in the first
/// index of source and result is `tiles * 16` values.
template <size_t rows, size_t columns>
void multiply(const float *source, const float *weights, size_t depth, size_t tiles, float *result) {
    Vector sums[rows][columns];
    AVX512_UNROLL
    for (size_t row = 0; row < rows; ++row)
        AVX512_UNROLL
        for (size_t column = 0; column < columns; ++column) sums[row][column] = zero();
    for (size_t block = 0; block < depth / lanes; ++block, source += tiles * lanes) {
        for (size_t k = 0; k < lanes; ++k, weights += columns * lanes) {
            Vector operand[columns];
            AVX512_UNROLL
            for (size_t column = 0; column < columns; ++column)
                operand[column] = _mm512_load_ps(weights + column * lanes);
            AVX512_UNROLL
            for (size_t row = 0; row < rows; ++row) {
                Vector value = splat(source[row * lanes + k]);
                AVX512_UNROLL
                for (size_t column = 0; column < columns; ++column)
                    sums[row][column] = _mm512_fmadd_ps(value, operand[column], sums[row][column]);
            }
        }
    }
    AVX512_UNROLL
    for (size_t column = 0; column < columns; ++column)
        AVX512_UNROLL
        for (size_t row = 0; row < rows; ++row)
            _mm512_store_ps(result + (column * tiles + row) * lanes, sums[row][column]);
}

using Multiply = void (*)(const float *, const float *, size_t, size_t, float *);

template <size_t columns, size_t... index>
constexpr std::array<Multiply, sizeof...(index)> multiply_for_rows(std::index_sequence<index...>) {
    return {multiply<index + 1, columns>...};
}

/// `multiply` by columns - 1 and rows - 1.
constexpr std::array<Multiply, most_rows> multiply_table[most_columns] = {
    multiply_for_rows<1>(std::make_index_sequence<most_rows>()),
    multiply_for_rows<2>(std::make_index_sequence<most_rows>()),
};

/// The product for one point: tiles [depth / 16][tiles][16] times weights, which lie in panels of `most_columns`
/// vectors, [width / 32][depth][32] and what is left over, [depth][16].
inline void multiply_point(const float *source, const float *weights, size_t depth, size_t width, size_t count,
                           size_t tiles, float *result) {
    // Even parts: a part of one or two tiles would wait for its own sums.
    size_t parts = (count + most_rows - 1) / most_rows;
    for (size_t channel = 0; channel < width;) {
        size_t columns = std::min(most_columns, (width - channel) / lanes);
        for (size_t part = 0; part < parts; ++part) {
            size_t begin = count * part / parts, end = count * (part + 1) / parts;
            Multiply multiply = multiply_table[columns - 1][end - begin - 1];
            multiply(source + begin * lanes, weights + channel * depth, depth, tiles,
                     result + channel * tiles + begin * lanes);
        }
        channel += columns * lanes;
    }
}

constexpr size_t gradient_rows = 8;

/// result[row][column][16] (+)= sum over tiles of source[tile][row] * gradient[column][tile][16].
/// Each call's sum is made apart and then added: long sums stay accurate.
template <size_t columns>
void accumulate(const float *source, const float *gradient, size_t count, size_t tiles, bool first, float *result,
                size_t result_step) {
    Vector sums[gradient_rows][columns];
    AVX512_UNROLL
    for (size_t row = 0; row < gradient_rows; ++row)
        AVX512_UNROLL
        for (size_t column = 0; column < columns; ++column) sums[row][column] = zero();
    for (size_t tile = 0; tile < count; ++tile) {
        Vector operand[columns];
        AVX512_UNROLL
        for (size_t column = 0; column < columns; ++column)
            operand[column] = _mm512_load_ps(gradient + (column * tiles + tile) * lanes);
        AVX512_UNROLL
        for (size_t row = 0; row < gradient_rows; ++row) {
            Vector value = splat(source[tile * lanes + row]);
            AVX512_UNROLL
            for (size_t column = 0; column < columns; ++column)
                sums[row][column] = _mm512_fmadd_ps(value, operand[column], sums[row][column]);
        }
    }
    AVX512_UNROLL
    for (size_t row = 0; row < gradient_rows; ++row)
        AVX512_UNROLL
        for (size_t column = 0; column < columns; ++column) {
            float *sum = result + row * result_step + column * lanes;
            _mm512_store_ps(sum, first ? sums[row][column] : _mm512_load_ps(sum) + sums[row][column]);
        }
}

/// The weights' gradient for one point: result [depth][width] (+)= the sum over tiles of source times gradient.
inline void accumulate_point(const float *source, const float *gradient, size_t depth, size_t width, size_t count,
                             size_t tiles, bool first, float *result) {
    for (size_t channel = 0; channel < width;) {
        size_t columns = std::min(most_columns, (width - channel) / lanes);
        for (size_t row = 0; row < depth; row += gradient_rows) {
            auto kernel = columns == 2 ? accumulate<2> : accumulate<1>;
            kernel(source + row / lanes * tiles * lanes + row % lanes, gradient + channel * tiles, count, tiles, first,
                   result + row * width + channel, width);
        }
        channel += columns * lanes;
    }
}

}  // namespace winograd

AVX512_END
