#pragma once
// Pairs of bfloat16 numbers, for processors that multiply and sum two at once. Weights stay float32 in memory and are
// rounded a few rows at a time, in cache, which costs less than keeping a second copy of them.

#include "dense_numbers.hpp"

#if defined(HAS_BFLOAT16_PRODUCTS)

namespace {
namespace dense {

/// Two numbers that are multiplied and summed together, the first in the lower half.
struct Pair {
    uint32_t bits;
};

/// Adds Σₖ a[row · row_stride + k · step] · b[k · b_stride + column] to a tile, for k below `count`.
template <size_t rows, size_t columns>
INLINE void add_products(const Pair *a, size_t row_stride, size_t step, const Pair *b, size_t b_stride, size_t count,
                         Vector (&sums)[rows][columns]) {
    for (size_t k = 0; k < count; ++k) {
        __m512bh right[columns];
        UNROLL
        for (size_t column = 0; column < columns; ++column)
            right[column] = (__m512bh)_mm512_loadu_si512(b + k * b_stride + column * lanes);
        UNROLL
        for (size_t row = 0; row < rows; ++row) {
            const auto left = (__m512bh)_mm512_set1_epi32(int(a[row * row_stride + k * step].bits));
            UNROLL
            for (size_t column = 0; column < columns; ++column)
                sums[row][column] = (Vector)_mm512_dpbf16_ps((__m512)sums[row][column], left, right[column]);
        }
    }
}

struct Pairs {
    using Value = bfloat16;
    using Number = Pair;
    /// Values that are multiplied and summed at once.
    static constexpr size_t together = 2;

    /// On AMD's processors pairs are faster than single numbers. Intel's, which leave bfloat16 to their matrix unit, multiply
    /// them at half of float32's speed.
    static bool are_faster() {
        static const bool result = !__builtin_cpu_is("intel");
        return result;
    }

    /// Rounds 16 numbers of each, and puts the first ones into the lower halves.
    static INLINE __m512i pairs(__m512 first, __m512 second) {
        const auto low = (__m256i)_mm512_cvtneps_pbh(first), high = (__m256i)_mm512_cvtneps_pbh(second);
        return _mm512_or_si512(_mm512_cvtepu16_epi32(low), _mm512_slli_epi32(_mm512_cvtepu16_epi32(high), 16));
    }

    /// Packs `panels` neighbouring panels of pairs of neighbouring rows, each panel into `panel_stride` pairs. The last of
    /// an odd number of rows is paired with zeros.
    static INLINE void pack_rows(const float *from, size_t stride, size_t count, size_t panels, Pair *to,
                                 size_t panel_stride) {
        for (size_t row = 0; row < count; row += 2) {
            for (size_t p = 0; p < panels; ++p) {
                for (size_t column = 0; column < panel; column += lanes) {
                    const float *first = from + row * stride + p * panel + column;
                    const __m512 second = row + 1 < count ? _mm512_loadu_ps(first + stride) : _mm512_setzero_ps();
                    _mm512_storeu_si512(to + p * panel_stride + row / 2 * panel + column,
                                        pairs(_mm512_loadu_ps(first), second));
                }
            }
        }
    }

    static INLINE Panels<Pair> weight_rows(const float *from, size_t stride, size_t count, size_t panels,
                                           Pair *scratch) {
        const size_t panel_stride = (count + 1) / 2 * panel;
        pack_rows(from, stride, count, panels, scratch, panel_stride);
        return {scratch, panel, panel_stride};
    }

    /// Pairs of neighbouring columns of weights[rows][units].
    static INLINE const Pair *weight_columns(const float *from, size_t count, size_t units, Pair *scratch) {
        for (size_t i = 0; i < count * units; i += 2 * lanes) {
            const auto rounded = _mm512_cvtne2ps_pbh(_mm512_loadu_ps(from + i + lanes), _mm512_loadu_ps(from + i));
            _mm512_storeu_si512(scratch + i / 2, (__m512i)rounded);
        }
        return scratch;
    }

    /// `count` inputs of one example, which will be summed over. Behind an odd number of them comes a zero.
    static INLINE void copy_inputs(const bfloat16 *from, size_t count, Pair *to) {
        if (count % 2) to[count / 2].bits = 0;
        std::memcpy(to, from, count * sizeof(bfloat16));
    }

    /// `count` inputs of one example paired with those of the next, which lie `stride` values behind; with zeros if only
    /// this one is `left`.
    static INLINE void copy_examples(const bfloat16 *from, size_t stride, size_t left, size_t count, Pair *to) {
        for (size_t i = 0; i < count; i += lanes) {
            const size_t present = std::min(lanes, count - i);
            const auto there = __mmask16((1u << present) - 1);
            const auto vector = [=](const bfloat16 *values) __attribute__((always_inline)) {
                return _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(there, values));
            };
            const __m512i second = left > 1 ? vector(from + stride + i) : _mm512_setzero_si512();
            _mm512_storeu_si512(to + i, _mm512_or_si512(vector(from + i), _mm512_slli_epi32(second, 16)));
        }
        __builtin_prefetch(from + lanes, 0, 2);
        if (left > 1) __builtin_prefetch(from + stride + lanes, 0, 2);
    }

    /// One panel's rows become columns: to[pair of units][example] from [example][unit], zeros behind the last example.
    static INLINE void transpose(const float *from, size_t stride, size_t examples, size_t units, Pair *to) {
        for (size_t unit = 0; unit < units; unit += 2) {
            for (size_t n = 0; n < panel; ++n) {
                const float *two = from + n * stride + unit;
                to[unit / 2 * panel + n].bits =
                    n < examples ? element<bfloat16>(two[0]) | uint32_t(element<bfloat16>(two[1])) << 16 : 0;
            }
        }
    }
};

}  // namespace dense
}  // namespace

#endif
