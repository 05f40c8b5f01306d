#pragma once
// The heart of a matrix product for AVX-512: a tile of the result stays in registers while the sum runs.

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstddef>

// The package is compiled for any x86-64; these functions alone are compiled for AVX-512 and only called where it is.
#define AVX512 __attribute__((target("arch=x86-64-v4")))
#define AVX512_INLINE __attribute__((always_inline, target("arch=x86-64-v4"))) static inline

namespace kernels {

/// Adds Σₖ a[row · row_stride + k · step] · b[k · b_stride + column] to a tile of `Rows` rows and `Vectors` · 16 columns.
template <int Rows, int Vectors>
AVX512_INLINE void multiply(const float *a, size_t row_stride, size_t step, const float *b, size_t b_stride,
                            size_t count, __m512 (&tile)[Rows][Vectors]) {
    for (size_t k = 0; k < count; ++k) {
        __m512 columns[Vectors];
        for (int v = 0; v < Vectors; ++v) columns[v] = _mm512_loadu_ps(b + k * b_stride + 16 * v);
        for (int row = 0; row < Rows; ++row) {
            __m512 factor = _mm512_set1_ps(a[row * row_stride + k * step]);
            for (int v = 0; v < Vectors; ++v) tile[row][v] = _mm512_fmadd_ps(factor, columns[v], tile[row][v]);
        }
    }
}

template <int Rows, int Vectors>
AVX512_INLINE void clear(__m512 (&tile)[Rows][Vectors]) {
    for (int row = 0; row < Rows; ++row)
        for (int v = 0; v < Vectors; ++v) tile[row][v] = _mm512_setzero_ps();
}

template <int Rows, int Vectors>
AVX512_INLINE void load(const float *from, size_t stride, __m512 (&tile)[Rows][Vectors]) {
    for (int row = 0; row < Rows; ++row)
        for (int v = 0; v < Vectors; ++v) tile[row][v] = _mm512_loadu_ps(from + row * stride + 16 * v);
}

template <int Rows, int Vectors>
AVX512_INLINE void store(const __m512 (&tile)[Rows][Vectors], float *to, size_t stride) {
    for (int row = 0; row < Rows; ++row)
        for (int v = 0; v < Vectors; ++v) _mm512_storeu_ps(to + row * stride + 16 * v, tile[row][v]);
}

/// Asks for `count` cache lines from `first` on, ahead of their use.
AVX512_INLINE void prefetch(const float *first, size_t count) {
    for (size_t line = 0; line < count; ++line)
        _mm_prefetch(reinterpret_cast<const char *>(first + 16 * line), _MM_HINT_T1);
}

}  // namespace kernels

#endif
