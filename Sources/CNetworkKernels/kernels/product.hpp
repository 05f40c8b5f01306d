#pragma once
// The heart of every matrix product: a tile of the result stays in registers while the sum runs. Convolutions, Winograd's
// products and dense layers differ only in how they walk through their operands.

#include "vector.hpp"

namespace {

/// Vectors side by side in a tile. Right-hand operands are packed in panels of that width.
constexpr size_t tile_columns = 2, panel = tile_columns * lanes;
/// Rows of a tile: as many as leave registers for the operands.
constexpr size_t tile_rows = REGISTERS == 32 ? 14 : 6;

/// Adds Σₖ a[row · row_stride + k · step] · b[k · b_stride + column] to a tile, for k below `count`.
template <size_t rows, size_t columns>
INLINE void add_products(const float *a, size_t row_stride, size_t step, const float *b, size_t b_stride, size_t count,
                         Vector (&sums)[rows][columns]) {
    for (size_t k = 0; k < count; ++k) {
        Vector right[columns];
        UNROLL
        for (size_t column = 0; column < columns; ++column) right[column] = load(b + k * b_stride + column * lanes);
        UNROLL
        for (size_t row = 0; row < rows; ++row) {
            const Vector left = splat(a[row * row_stride + k * step]);
            UNROLL
            for (size_t column = 0; column < columns; ++column) sums[row][column] += left * right[column];
        }
    }
}

template <size_t rows, size_t columns>
INLINE void clear(Vector (&tile)[rows][columns]) {
    UNROLL
    for (size_t row = 0; row < rows; ++row) {
        UNROLL
        for (size_t column = 0; column < columns; ++column) tile[row][column] = zero();
    }
}

template <size_t rows, size_t columns>
INLINE void load_tile(const float *from, size_t stride, Vector (&tile)[rows][columns]) {
    UNROLL
    for (size_t row = 0; row < rows; ++row) {
        UNROLL
        for (size_t column = 0; column < columns; ++column) tile[row][column] = load(from + row * stride + column * lanes);
    }
}

template <size_t rows, size_t columns>
INLINE void store_tile(const Vector (&tile)[rows][columns], float *to, size_t stride) {
    UNROLL
    for (size_t row = 0; row < rows; ++row) {
        UNROLL
        for (size_t column = 0; column < columns; ++column) store(to + row * stride + column * lanes, tile[row][column]);
    }
}

/// Calls `body` with a compile-time constant equal to `rows`, from 1 to `tile_rows`.
template <size_t most = tile_rows, typename Body>
INLINE void with_rows(size_t rows, const Body &body) {
    if constexpr (most > 1) {
        if (rows < most) return with_rows<most - 1>(rows, body);
    }
    body(std::integral_constant<size_t, most>());
}

/// Calls `body(begin, end)` for even parts of 0..<count, none longer than a tile has rows: a part of one or two rows would
/// wait for its own sums.
template <typename Body>
INLINE void for_each_tile(size_t count, const Body &body) {
    const size_t parts = (count + tile_rows - 1) / tile_rows;
    for (size_t part = 0; part < parts; ++part) body(count * part / parts, count * (part + 1) / parts);
}

}  // namespace
