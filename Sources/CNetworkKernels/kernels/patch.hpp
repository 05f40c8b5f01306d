#pragma once
// The part of a source that a convolution's task reads, as float32 with zeros around where the convolution pads.

#include "vector.hpp"

namespace {

/// Converts a run of values to float32; with a mask, those count as 0 whose place in the mask is not positive.
template <typename Value>
INLINE void copy_run(const Value *values, const Value *mask, size_t count, float *result) {
    size_t i = 0;
    for (; i + lanes <= count; i += lanes)
        store(result + i, mask ? where_positive(load(mask + i), load(values + i)) : load(values + i));
    for (; i < count; ++i) result[i] = mask && number(mask[i]) <= 0 ? 0 : number(values[i]);
}

/// A rectangle of pixels, `row_stride` numbers from one row to the next.
struct Patch {
    const float *values;
    size_t row_stride;
};

/// An array of images whose pixels have `depth` channels, and what of it a convolution pads.
template <typename Value>
struct Images {
    const Value *values, *mask;
    size_t height, width, depth;

    /// Pixels `rows` × `columns` from (y, x) on, counted from the padded corner, `top` rows and `left` columns of zeros
    /// before the image. They are taken where they lie if that is possible, and otherwise copied to `memory`.
    Patch patch(size_t image, size_t y, size_t x, size_t rows, size_t columns, size_t top, size_t left,
                float *memory) const {
        const Value *first = values + image * height * width * depth;
        const bool is_inside = y >= top && x >= left && y - top + rows <= height && x - left + columns <= width;
        if constexpr (std::is_same_v<Value, float>) {
            if (is_inside && !mask) return {first + ((y - top) * width + x - left) * depth, width * depth};
        }
        // Columns of the patch that exist: before..<after.
        const size_t before = std::min(left > x ? left - x : 0, columns);
        const size_t after = std::max(before, std::min(columns, width + left > x ? width + left - x : 0));
        for (size_t row = 0; row < rows; ++row) {
            float *to = memory + row * columns * depth;
            if (y + row < top || y + row - top >= height) {
                std::fill_n(to, columns * depth, 0.f);
                continue;
            }
            const size_t place = ((y + row - top) * width + x + before - left) * depth;
            std::fill_n(to, before * depth, 0.f);
            copy_run(first + place, mask ? mask + image * height * width * depth + place : nullptr,
                     (after - before) * depth, to + before * depth);
            std::fill(to + after * depth, to + columns * depth, 0.f);
        }
        return {memory, columns * depth};
    }
};

}  // namespace
