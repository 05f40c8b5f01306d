// A wide dense layer for one example. What it costs is the way of the weights from memory. Half of what comes out of a ReLU
// is 0, and so half of the rows of weights need not be fetched.

#include "CKernels.h"
#include "avx512.hpp"
#include "parallel.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

AVX512_BEGIN

namespace {

using namespace kernels;

constexpr size_t lanes = 16;
constexpr size_t rows_ahead = 12;          // that are on their way while one is added
constexpr size_t worth_waking = 1 << 16;  // weights that are worth a second thread

/// The first `count` lanes, or all.
AVX512_INLINE __mmask16 first_lanes(size_t count) { return __mmask16(count < lanes ? (1u << count) - 1 : 0xFFFF); }

/// An input that is not 0, and where its row of weights begins.
struct Term {
    float value;
    uint32_t row;
};

/// The inputs that are not 0, times their channels' scale, in the order of their rows.
size_t list_terms(const kernel_dense_one &s, const float *source, const float *scale, Term *terms) {
    const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512i first_half = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const __m512i second_half = _mm512_add_epi32(first_half, _mm512_set1_epi32(8));
    size_t count = 0;
    const auto list = [&](const float *values, size_t channel, size_t row, __mmask16 there) __attribute__((always_inline)) {
        __m512 value = _mm512_maskz_loadu_ps(there, values);
        // "Not equal", so that a NaN is kept and seen.
        const __mmask16 wanted = _mm512_cmp_ps_mask(value, _mm512_setzero_ps(), _CMP_NEQ_UQ);
        if (scale) value = _mm512_mul_ps(value, _mm512_maskz_loadu_ps(there, scale + channel));
        const __m512i rows = _mm512_add_epi32(lane, _mm512_set1_epi32(int(row)));
        const __m512i v = _mm512_maskz_compress_epi32(wanted, _mm512_castps_si512(value));
        const __m512i r = _mm512_maskz_compress_epi32(wanted, rows);
        _mm512_storeu_si512(terms + count, _mm512_permutex2var_epi32(v, first_half, r));
        _mm512_storeu_si512(terms + count + lanes / 2, _mm512_permutex2var_epi32(v, second_half, r));
        count += size_t(__builtin_popcount(wanted));
    };
    for (size_t pixel = 0, row = 0; pixel < s.pixels; ++pixel)
        for (size_t channel = 0; channel < s.channels; channel += s.block)
            for (size_t c = 0; c < s.block; c += lanes, row += lanes)
                list(source + channel * s.pixels + pixel * s.block + c, channel + c, row, first_lanes(s.block - c));
    return count;
}

/// The units from `unit` on, `vectors` times 16 of them, but of the last 16 only those that are `there`.
template <size_t vectors>
void sum_terms(const Term *terms, size_t count, const float *weights, size_t units, size_t unit, __mmask16 there,
               const float *bias, const kernel_epilogue &epilogue, float *destination) {
    const auto mask = [=](size_t v) __attribute__((always_inline)) { return v + 1 < vectors ? __mmask16(0xFFFF) : there; };
    __m512 sums[vectors];
    AVX512_UNROLL
    for (size_t v = 0; v < vectors; ++v) sums[v] = _mm512_maskz_loadu_ps(mask(v), bias + unit + v * lanes);
    for (size_t i = 0; i < count; ++i) {
        const float *row = weights + size_t(terms[i].row) * units + unit;
        const float *ahead = weights + size_t(terms[std::min(i + rows_ahead, count - 1)].row) * units + unit;
        const __m512 value = _mm512_set1_ps(terms[i].value);
        AVX512_UNROLL
        for (size_t v = 0; v < vectors; ++v) {
            _mm_prefetch(reinterpret_cast<const char *>(ahead + v * lanes), _MM_HINT_T0);
            sums[v] = _mm512_fmadd_ps(value, _mm512_maskz_loadu_ps(mask(v), row + v * lanes), sums[v]);
        }
    }
    const __m512 lower_bound = _mm512_set1_ps(epilogue.relu ? 0 : -__builtin_inff());
    AVX512_UNROLL
    for (size_t v = 0; v < vectors; ++v) {
        const size_t u = unit + v * lanes;
        __m512 result = _mm512_max_ps(lower_bound, sums[v]);
        if (epilogue.scale)
            result = _mm512_fmadd_ps(result, _mm512_maskz_loadu_ps(mask(v), epilogue.scale + u),
                                     _mm512_maskz_loadu_ps(mask(v), epilogue.shift + u));
        _mm512_mask_storeu_ps(destination + u, mask(v), result);
    }
}

}  // namespace

size_t kernel_dense_one_scratch(const kernel_dense_one *shape) {
    // A whole vector is written where a part of it counts.
    return size_t(omp_get_max_threads()) * (shape->pixels * shape->channels + lanes) * sizeof(Term) / sizeof(float);
}

void kernel_dense_one_forward(const kernel_dense_one *shape, const float *source, const float *scale,
                              const float *weights, const float *bias, const kernel_epilogue *epilogue,
                              float *destination, float *scratch) {
    const kernel_dense_one s = *shape;
    // Each thread takes its own units of all rows: their parts are even, and no sums are left to add.
    const auto pass = [=](size_t thread, size_t threads) {
        Term *terms = reinterpret_cast<Term *>(scratch) + thread * (s.pixels * s.channels + lanes);
        const auto part = share(s.units, lanes, thread, threads);
        const size_t end = part.second;
        if (part.first >= end) return;
        const size_t count = list_terms(s, source, scale, terms);
        for (size_t unit = part.first; unit < end;) {
            const size_t left = (end - unit + lanes - 1) / lanes;
            const auto sum = [&](auto vectors) {
                const __mmask16 there = first_lanes(end - unit - (vectors - 1) * lanes);
                sum_terms<vectors>(terms, count, weights, s.units, unit, there, bias, *epilogue, destination);
                unit += vectors * lanes;
            };
            if (left >= 16) sum(std::integral_constant<size_t, 16>());
            else if (left >= 8) sum(std::integral_constant<size_t, 8>());
            else if (left >= 4) sum(std::integral_constant<size_t, 4>());
            else if (left >= 2) sum(std::integral_constant<size_t, 2>());
            else sum(std::integral_constant<size_t, 1>());
        }
    };
    if (s.pixels * s.channels * s.units < worth_waking) {
        pass(0, 1);
    } else {
        parallel_team(pass);
    }
}

AVX512_END

#else

// Never called: there is no AVX-512 here.
size_t kernel_dense_one_scratch(const kernel_dense_one *) { return 0; }
void kernel_dense_one_forward(const kernel_dense_one *, const float *, const float *, const float *, const float *,
                              const kernel_epilogue *, float *, float *) {}

#endif
