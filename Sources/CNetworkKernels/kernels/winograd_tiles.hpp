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

/// Asks for the place of a tile that comes soon, to read or to write it: far enough ahead for main memory to answer,
/// near enough to stay in the cache. Tiles are short pieces of many rows, which the processor does not foresee.
template <int write, typename Value>
INLINE void prefetch_ahead(const Value *activations, size_t channels, size_t index, const Image &shape) {
    const size_t distance = std::max<size_t>(256 / channels, 1);
    const Tile tile(std::min(index + distance, shape.tiles() - 1), shape);
    const Span rows = Span::output(tile.row, shape.height), columns = Span::output(tile.column, shape.width);
    for (size_t r = rows.begin; r < rows.end; ++r) {
        const Value *row = activations + ((tile.image * shape.height + r) * shape.width + columns.begin) * channels;
        for (size_t value = 0; value < columns.count() * channels; value += 64 / sizeof(Value))
            __builtin_prefetch(row + value, write, 2);
    }
}

/// Activations with so many channels, and where given, the ReLU's output that says which of them count.
template <typename Value, bool masked>
struct Values {
    const Value *values, *output;

    INLINE Values at(size_t offset) const { return {values + offset, masked ? output + offset : output}; }
    INLINE void prefetch_ahead(size_t channels, size_t index, const Image &shape) const {
        winograd::prefetch_ahead<0>(values, channels, index, shape);
        if (masked) winograd::prefetch_ahead<0>(output, channels, index, shape);
    }
    INLINE Vector vector() const { return masked ? where_positive(load(output), load(values)) : load(values); }
};

/// Transforms one vector of channels of one tile of `size`×`size` pixels, `channels` numbers apart, to 36 points,
/// `step` numbers apart. Returns the values' sum if `summed`.
template <size_t size, void (&transform)(const Vector (&)[size], Vector (&)[input_size]), bool summed, typename Value,
          bool masked>
INLINE Vector transform_tile(Values<Value, masked> plane, size_t width, size_t channels, Span rows, Span columns,
                             float *result, size_t step) {
    Vector half[size][input_size], sum = zero();
    for (size_t r = 0; r < size; ++r) {
        if (r < rows.skip || r - rows.skip >= rows.count()) {
            UNROLL
            for (size_t c = 0; c < input_size; ++c) half[r][c] = zero();
            continue;
        }
        const auto row = plane.at(((rows.begin + r - rows.skip) * width + columns.begin) * channels);
        Vector values[size];
        if (columns.count() == size) {
            UNROLL
            for (size_t c = 0; c < size; ++c) values[c] = row.at(c * channels).vector();
        } else {
            UNROLL
            for (size_t c = 0; c < size; ++c) {
                const bool exists = c >= columns.skip && c - columns.skip < columns.count();
                values[c] = exists ? row.at((c - columns.skip) * channels).vector() : zero();
            }
        }
        if (summed) {
            UNROLL
            for (size_t c = 0; c < size; ++c) sum += values[c];
        }
        transform(values, half[r]);
    }
    UNROLL
    for (size_t c = 0; c < input_size; ++c) {
        Vector column[size], transformed[input_size];
        UNROLL
        for (size_t r = 0; r < size; ++r) column[r] = half[r][c];
        transform(column, transformed);
        UNROLL
        for (size_t r = 0; r < input_size; ++r) store(result + (r * input_size + c) * step, transformed[r]);
    }
    return sum;
}

/// Transforms 36 points, `step` numbers apart, to one vector of channels of one tile of outputs.
template <typename Value>
INLINE void transform_to_output(const float *product, size_t step, const Finish &finish, Value *plane, size_t width,
                                size_t channels, Span rows, Span columns) {
    Vector half[output_size][input_size];
    UNROLL
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
        UNROLL
        for (size_t c = 0; c < output_size; ++c) {
            if (c < columns.count()) store(row + c * channels, finish(transformed[c]));
        }
    }
}

}  // namespace winograd
}  // namespace
