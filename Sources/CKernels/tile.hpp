// The heart of a matrix product for AVX-512: a tile of the result stays in registers while the sum runs. Included between
// `AVX512_BEGIN` and `AVX512_END`, in an anonymous namespace, once for each set of instructions.

/// Two bfloat16 numbers that are multiplied and summed together, the first in the lower half.
struct Pair {
    uint32_t bits;
};

inline __m512 splat(const float *number) { return _mm512_set1_ps(*number); }
inline __m512 splat(const Pair *pair) { return _mm512_castsi512_ps(_mm512_set1_epi32(int(pair->bits))); }

inline void add_product(const float *, __m512 a, __m512 b, __m512 &sum) { sum = _mm512_fmadd_ps(a, b, sum); }
#if defined(TILE_HAS_PAIRS)
inline void add_product(const Pair *, __m512 a, __m512 b, __m512 &sum) {
    sum = _mm512_dpbf16_ps(sum, __builtin_bit_cast(__m512bh, a), __builtin_bit_cast(__m512bh, b));
}
#endif

/// Adds Σₖ a[row · row_stride + k · step] · b[k · b_stride + column] to a tile of `rows` rows and 2 · 16 columns.
template <int rows, typename Number>
AVX512_INLINE void multiply(const Number *a, size_t row_stride, size_t step, const Number *b, size_t b_stride,
                            size_t count, __m512 (&tile)[rows][2]) {
    for (size_t k = 0; k < count; ++k) {
        const __m512 left = _mm512_loadu_ps(b + k * b_stride), right = _mm512_loadu_ps(b + k * b_stride + 16);
        for (int row = 0; row < rows; ++row) {
            const __m512 factor = splat(a + row * row_stride + k * step);
            add_product(a, factor, left, tile[row][0]);
            add_product(a, factor, right, tile[row][1]);
        }
    }
}

template <int rows>
AVX512_INLINE void clear(__m512 (&tile)[rows][2]) {
    for (int row = 0; row < rows; ++row) tile[row][0] = tile[row][1] = _mm512_setzero_ps();
}

template <int rows>
AVX512_INLINE void load(const float *from, size_t stride, __m512 (&tile)[rows][2]) {
    for (int row = 0; row < rows; ++row)
        for (int v = 0; v < 2; ++v) tile[row][v] = _mm512_loadu_ps(from + row * stride + 16 * v);
}

template <int rows>
AVX512_INLINE void store(const __m512 (&tile)[rows][2], float *to, size_t stride) {
    for (int row = 0; row < rows; ++row)
        for (int v = 0; v < 2; ++v) _mm512_storeu_ps(to + row * stride + 16 * v, tile[row][v]);
}

/// Asks for `count` cache lines from `first` on, ahead of their use.
AVX512_INLINE void prefetch(const float *first, size_t count) {
    for (size_t line = 0; line < count; ++line)
        _mm_prefetch(reinterpret_cast<const char *>(first + 16 * line), _MM_HINT_T1);
}
