// Wide dense layers whose source is bfloat16. Weights stay float32 in memory and are rounded a few rows at a time, in cache,
// which costs less than keeping a second copy of them.

#include "bfloat16.hpp"
#include "dense_types.hpp"

#if defined(__x86_64__)

AVX512_BF16_BEGIN

namespace {

using namespace kernels;
using Value = bfloat16;

#define TILE_HAS_PAIRS
#include "tile.hpp"

using Number = Pair;

/// Rounds 16 numbers of each, and puts the first ones into the lower halves.
inline __m512i pairs(__m512 first, __m512 second) {
    const auto low = __builtin_bit_cast(__m256i, _mm512_cvtneps_pbh(first));
    const auto high = __builtin_bit_cast(__m256i, _mm512_cvtneps_pbh(second));
    return _mm512_or_si512(_mm512_cvtepu16_epi32(low), _mm512_slli_epi32(_mm512_cvtepu16_epi32(high), 16));
}

/// Pairs of neighbouring rows of array[rows][width], width a multiple of 16; the last row of an odd number of them is paired
/// with zeros.
inline const Pair *numbers_of_rows(const float *array, size_t rows, size_t width, Pair *result) {
    for (size_t row = 0; row < rows; row += 2) {
        for (size_t i = 0; i < width; i += 16) {
            const float *first = array + row * width + i;
            const __m512 second = row + 1 < rows ? _mm512_loadu_ps(first + width) : _mm512_setzero_ps();
            _mm512_storeu_si512(result + row / 2 * width + i, pairs(_mm512_loadu_ps(first), second));
        }
    }
    return result;
}

/// Pairs of neighbouring columns of array[rows][width], width a multiple of 32.
inline const Pair *numbers_of_columns(const float *array, size_t rows, size_t width, Pair *result) {
    for (size_t i = 0; i < rows * width; i += 32) {
        const auto rounded = _mm512_cvtne2ps_pbh(_mm512_loadu_ps(array + i + 16), _mm512_loadu_ps(array + i));
        _mm512_storeu_si512(result + i / 2, __builtin_bit_cast(__m512i, rounded));
    }
    return result;
}

/// 16 inputs of one example paired with those of the next, which lie `stride` values behind; with zeros if only this one
/// is `left`.
inline void copy_numbers(const bfloat16 *values, size_t stride, size_t left, Pair *numbers) {
    const auto vector = [](const bfloat16 *from) {
        return _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(from)));
    };
    const __m512i second = left > 1 ? vector(values + stride) : _mm512_setzero_si512();
    _mm512_storeu_si512(numbers, _mm512_or_si512(vector(values), _mm512_slli_epi32(second, 16)));
    _mm_prefetch(reinterpret_cast<const char *>(values + 16), _MM_HINT_T1);
    if (left > 1) _mm_prefetch(reinterpret_cast<const char *>(values + stride + 16), _MM_HINT_T1);
}

inline void store_values(__m512 vector, bfloat16 *values) {
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(values), __builtin_bit_cast(__m256i, _mm512_cvtneps_pbh(vector)));
}

/// transposed[units / 2][padded] from gradient[batch][units], for the pairs of units `begin` to `end`.
void transpose(const float *gradient, size_t batch, size_t units, size_t padded, size_t begin, size_t end,
               Pair *transposed) {
    for (size_t pair = begin; pair < end; ++pair) {
        for (size_t n = 0; n < padded; ++n) {
            const float *two = gradient + n * units + 2 * pair;
            const uint32_t bits = n < batch ? element<bfloat16>(two[0]) | uint32_t(element<bfloat16>(two[1])) << 16 : 0;
            transposed[pair * padded + n].bits = bits;
        }
    }
}

#include "dense_passes.hpp"

}  // namespace

AVX512_END

const dense_kernels dense_in_bfloat16 = {scratch_of, forward, backward};

#endif
