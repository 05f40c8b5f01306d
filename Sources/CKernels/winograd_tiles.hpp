#pragma once
// Tiles of activations on their way into the products and out of them.

#include <algorithm>
#include <cstdint>

#include "winograd_transforms.hpp"

AVX512_BEGIN

namespace winograd {

/// A batch of activations of this height and width, cut into tiles of 4×4 outputs.
struct Image {
    size_t batch, height, width;

    size_t tile_rows() const { return (height + output_size - 1) / output_size; }
    size_t tile_columns() const { return (width + output_size - 1) / output_size; }
    /// Those of one image.
    size_t tiles() const { return tile_rows() * tile_columns(); }
};

/// Which values of an axis a tile covers, as far as they exist: begin..<end. The first is the tile's `skip`-th.
struct Span {
    size_t begin, end, skip;

    /// The 4 outputs of the index-th tile.
    static Span output(size_t index, size_t length) {
        size_t begin = index * output_size;
        return {begin, std::min(begin + output_size, length), 0};
    }
    /// The 6 source values under it: one more on each side.
    static Span source(size_t index, size_t length) {
        size_t begin = index * output_size;
        return {begin - (index > 0), std::min(begin + output_size + 1, length), index == 0};
    }
    size_t count() const { return end - begin; }
};

/// Where the index-th tile of a batch lies.
struct Tile {
    size_t image, row, column;

    Tile(size_t index, const Image &shape)
        : image(index / shape.tiles()),
          row(index % shape.tiles() / shape.tile_columns()),
          column(index % shape.tile_columns()) {}

    /// The tile to prefetch at the index-th: far enough for main memory to answer, near enough to stay in the cache.
    static Tile ahead(size_t index, const Image &shape) {
        return Tile(std::min(index + 8, shape.batch * shape.tiles() - 1), shape);
    }
};

// Activations lie in memory as float32, or as bfloat16, the upper half of a float32.
AVX512_INLINE Vector load(const float *values) { return _mm512_loadu_ps(values); }
AVX512_INLINE Vector load(const uint16_t *values) {
    __m256i upper = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(values));
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(upper), 16));
}
AVX512_INLINE void store(float *values, Vector vector) { _mm512_storeu_ps(values, vector); }
/// Rounds to the nearest bfloat16, ties to even. A NaN stays one: rounding could carry it over to infinity.
AVX512_INLINE void store(uint16_t *values, Vector vector) {
    __m512i bits = _mm512_castps_si512(vector);
    __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    __m512i rounded = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff)));
    rounded = _mm512_mask_mov_epi32(rounded, _mm512_cmp_ps_mask(vector, vector, _CMP_UNORD_Q),
                                    _mm512_set1_epi32(0x7fc00000));
    __m256i upper = _mm512_cvtepi32_epi16(_mm512_srli_epi32(rounded, 16));
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(values), upper);
}

// What rows outside of the image point to.
template <typename Value>
alignas(64) constexpr Value zero_row[input_size * lanes] = {};

/// Activations, and where given, the ReLU's output that says which of them count.
template <typename Value, bool masked>
struct Values {
    const Value *values, *output;

    AVX512_INLINE_MEMBER Values at(size_t offset) const {
        return {values + offset, masked ? output + offset : output};
    }
    AVX512_INLINE_MEMBER Vector vector() const {
        if (!masked) return load(values);
        // "Not less or equal", so that a NaN is kept and seen.
        return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(load(output), zero(), _CMP_NLE_UQ), load(values));
    }
};

/// Asks for 16 channels of a tile that comes soon, to read it or to write it. Tiles are short pieces of many rows,
/// which the processor does not foresee.
template <int write, typename Value>
AVX512_INLINE void prefetch(const Value *activations, size_t blocks, size_t block, Tile tile, const Image &shape) {
    Span rows = Span::output(tile.row, shape.height), columns = Span::output(tile.column, shape.width);
    const Value *plane = activations + (tile.image * blocks + block) * shape.height * shape.width * lanes;
    for (size_t r = rows.begin; r < rows.end; ++r)
        for (size_t c = columns.begin; c < columns.end; ++c)
            __builtin_prefetch(plane + (r * shape.width + c) * lanes, write, 2);
}

/// Transforms 16 channels of one tile of `size`×`size` values to 36 points, `step` values apart. Returns the values'
/// sum if `summed`.
template <size_t size, void (&transform)(const Vector (&)[size], Vector (&)[input_size]), bool summed, typename Value,
          bool masked>
AVX512_INLINE Vector transform_tile(Values<Value, masked> plane, size_t width, Span rows, Span columns, float *result,
                                      size_t step) {
    Values<Value, masked> row[size]{};
    for (size_t r = 0; r < size; ++r) {
        bool exists = r >= rows.skip && r - rows.skip < rows.count();
        row[r] = exists ? plane.at(((rows.begin + r - rows.skip) * width + columns.begin) * lanes)
                        : Values<Value, masked>{zero_row<Value>, zero_row<Value>};
    }
    Vector half[input_size][size], sum = zero();
    for (size_t c = 0; c < size; ++c) {
        Vector column[size], transformed[input_size];
        if (c < columns.skip || c - columns.skip >= columns.count()) {
            AVX512_UNROLL
            for (size_t r = 0; r < input_size; ++r) half[r][c] = zero();
            continue;
        }
        for (size_t r = 0; r < size; ++r) {
            column[r] = row[r].at((c - columns.skip) * lanes).vector();
            if (summed) sum += column[r];
        }
        transform(column, transformed);
        AVX512_UNROLL
        for (size_t r = 0; r < input_size; ++r) half[r][c] = transformed[r];
    }
    for (size_t r = 0; r < input_size; ++r) {
        Vector transformed[input_size];
        transform(half[r], transformed);
        AVX512_UNROLL
        for (size_t c = 0; c < input_size; ++c) _mm512_store_ps(result + (r * input_size + c) * step, transformed[c]);
    }
    return sum;
}

/// What is done to each output of 16 channels.
struct Finish {
    Vector bias, lower_bound, scale, shift;

    /// In this order of operands, the maximum keeps a NaN.
    AVX512_INLINE_MEMBER Vector operator()(Vector sum) const {
        return _mm512_fmadd_ps(_mm512_max_ps(lower_bound, sum + bias), scale, shift);
    }
};

/// Transforms 36 points, `step` values apart, to 16 channels of one tile of outputs.
template <typename Value>
AVX512_INLINE void transform_to_output(const float *product, size_t step, const Finish &finish, Value *plane,
                                         size_t width, Span rows, Span columns) {
    Vector half[output_size][input_size];
    for (size_t c = 0; c < input_size; ++c) {
        Vector column[input_size], transformed[output_size];
        AVX512_UNROLL
        for (size_t r = 0; r < input_size; ++r) column[r] = _mm512_load_ps(product + (r * input_size + c) * step);
        transform_output(column, transformed);
        AVX512_UNROLL
        for (size_t r = 0; r < output_size; ++r) half[r][c] = transformed[r];
    }
    for (size_t r = 0; r < rows.count(); ++r) {
        Vector transformed[output_size];
        transform_output(half[r], transformed);
        Value *row = plane + ((rows.begin + r) * width + columns.begin) * lanes;
        for (size_t c = 0; c < columns.count(); ++c)
            store(row + c * lanes, finish(transformed[c]));
    }
}

}  // namespace winograd

AVX512_END
