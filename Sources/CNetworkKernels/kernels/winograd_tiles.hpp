#pragma once
// Tiles of activations on their way into the products and out of them.

#include "epilogue.hpp"
#include "winograd_transforms.hpp"

namespace {
namespace winograd {

/// A batch of activations, cut into tiles of 4×4 outputs.
struct Image {
    size_t batch, height, width;

    size_t tile_rows() const { return (height + output_size - 1) / output_size; }
    size_t tile_columns() const { return (width + output_size - 1) / output_size; }
    /// Those of the whole batch.
    size_t tiles() const { return batch * tile_rows() * tile_columns(); }
};

/// Which values of an axis a tile covers, as far as they exist: begin..<end. The first is the tile's `skip`-th.
struct Span {
    size_t begin, end, skip;

    /// The 4 outputs of the index-th tile.
    static Span output(size_t index, size_t length) {
        const size_t begin = index * output_size;
        return {begin, std::min(begin + output_size, length), 0};
    }
    /// The 6 source values under it: one more on each side.
    static Span source(size_t index, size_t length) {
        const size_t begin = index * output_size;
        return {begin - (index > 0), std::min(begin + output_size + 1, length), index == 0};
    }
    size_t count() const { return end - begin; }
};

/// Where the index-th tile of a batch lies.
struct Tile {
    size_t image, row, column;

    Tile(size_t index, const Image &shape)
        : image(index / (shape.tile_rows() * shape.tile_columns())),
          row(index / shape.tile_columns() % shape.tile_rows()),
          column(index % shape.tile_columns()) {}
};

// What rows outside of the image point to.
template <typename Value>
alignas(64) constexpr Value zero_row[input_size * lanes] = {};

/// Activations with so many channels, and where given, the ReLU's output that says which of them count.
template <typename Value, bool masked>
struct Values {
    const Value *values, *output;

    INLINE Values at(size_t offset) const { return {values + offset, masked ? output + offset : output}; }
    INLINE Vector vector() const { return masked ? where_positive(load(output), load(values)) : load(values); }
};

/// Transforms one vector of channels of one tile of `size`×`size` pixels, `channels` numbers apart, to 36 points, `step`
/// numbers apart. Returns the values' sum if `summed`.
template <size_t size, void (&transform)(const Vector (&)[size], Vector (&)[input_size]), bool summed, typename Value,
          bool masked>
INLINE Vector transform_tile(Values<Value, masked> plane, size_t width, size_t channels, Span rows, Span columns,
                             float *result, size_t step) {
    Values<Value, masked> row[size]{};
    size_t pixel[size];
    for (size_t r = 0; r < size; ++r) {
        const bool exists = r >= rows.skip && r - rows.skip < rows.count();
        row[r] = exists ? plane.at(((rows.begin + r - rows.skip) * width + columns.begin) * channels)
                        : Values<Value, masked>{zero_row<Value>, zero_row<Value>};
        pixel[r] = exists ? channels : 0;
    }
    Vector half[input_size][size], sum = zero();
    for (size_t c = 0; c < size; ++c) {
        Vector column[size], transformed[input_size];
        if (c < columns.skip || c - columns.skip >= columns.count()) {
            UNROLL
            for (size_t r = 0; r < input_size; ++r) half[r][c] = zero();
            continue;
        }
        for (size_t r = 0; r < size; ++r) {
            column[r] = row[r].at((c - columns.skip) * pixel[r]).vector();
            if (summed) sum += column[r];
        }
        transform(column, transformed);
        UNROLL
        for (size_t r = 0; r < input_size; ++r) half[r][c] = transformed[r];
    }
    for (size_t r = 0; r < input_size; ++r) {
        Vector transformed[input_size];
        transform(half[r], transformed);
        UNROLL
        for (size_t c = 0; c < input_size; ++c) store(result + (r * input_size + c) * step, transformed[c]);
    }
    return sum;
}

/// Transforms 36 points, `step` numbers apart, to one vector of channels of one tile of outputs.
template <typename Value>
INLINE void transform_to_output(const float *product, size_t step, const Finish &finish, Value *plane, size_t width,
                                size_t channels, Span rows, Span columns) {
    Vector half[output_size][input_size];
    for (size_t c = 0; c < input_size; ++c) {
        Vector column[input_size], transformed[output_size];
        UNROLL
        for (size_t r = 0; r < input_size; ++r) column[r] = load(product + (r * input_size + c) * step);
        transform_output(column, transformed);
        UNROLL
        for (size_t r = 0; r < output_size; ++r) half[r][c] = transformed[r];
    }
    for (size_t r = 0; r < rows.count(); ++r) {
        Vector transformed[output_size];
        transform_output(half[r], transformed);
        Value *row = plane + ((rows.begin + r) * width + columns.begin) * channels;
        for (size_t c = 0; c < columns.count(); ++c) store(row + c * channels, finish(transformed[c]));
    }
}

}  // namespace winograd
}  // namespace
