// Wide dense layers in float32.

#include "dense_types.hpp"

#if defined(__x86_64__)

AVX512_BEGIN

namespace {

using namespace kernels;
using Value = float;
using Number = float;

#include "tile.hpp"

/// Float32 is multiplied as it lies.
inline const float *numbers_of_rows(const float *array, size_t, size_t, float *) { return array; }
inline const float *numbers_of_columns(const float *array, size_t, size_t, float *) { return array; }

/// 16 inputs of one example.
inline void copy_numbers(const float *values, size_t, size_t, float *numbers) {
    _mm512_storeu_ps(numbers, _mm512_loadu_ps(values));
    prefetch(values + 16, 1);
}

inline void store_values(__m512 vector, float *values) { _mm512_storeu_ps(values, vector); }

/// transposed[units][padded] from gradient[batch][units], for the units `begin` to `end`.
void transpose(const float *gradient, size_t batch, size_t units, size_t padded, size_t begin, size_t end,
               float *transposed) {
    for (size_t u = begin; u < end; ++u) {
        for (size_t n = 0; n < batch; ++n) transposed[u * padded + n] = gradient[n * units + u];
        std::fill(transposed + u * padded + batch, transposed + (u + 1) * padded, 0.f);
    }
}

#include "dense_passes.hpp"

}  // namespace

AVX512_END

const dense_kernels dense_in_float32 = {scratch_of, forward, backward};

#endif
