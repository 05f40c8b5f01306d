#pragma once
// Sixteen numbers at a time: a block of channels in the layouts that convolutions like best. The compiler makes of them
// what the processor has: one register, two or four.

#include "bfloat16.hpp"
#include "parallel.hpp"

#include <cstring>

// How such vectors are passed depends on the processor; here they never are, because everything is inlined.
#pragma clang diagnostic ignored "-Wpsabi"

namespace kernels {

typedef float floats16 __attribute__((ext_vector_type(16)));
typedef double doubles16 __attribute__((ext_vector_type(16)));
typedef uint32_t integers16 __attribute__((ext_vector_type(16)));
typedef uint16_t halves16 __attribute__((ext_vector_type(16)));

ALWAYS_INLINE floats16 load16(const float *from) {
    floats16 vector;
    std::memcpy(&vector, from, sizeof vector);
    return vector;
}

ALWAYS_INLINE floats16 load16(const bfloat16 *from) {
    halves16 halves;
    std::memcpy(&halves, from, sizeof halves);
    return __builtin_bit_cast(floats16, __builtin_convertvector(halves, integers16) << 16);
}

ALWAYS_INLINE void store16(floats16 vector, float *to) { std::memcpy(to, &vector, sizeof vector); }

/// Rounds as `element` does, but for NaNs, which it keeps only where their upper bits say so.
ALWAYS_INLINE void store16(floats16 vector, bfloat16 *to) {
    integers16 bits = __builtin_bit_cast(integers16, vector);
    halves16 halves = __builtin_convertvector((bits + 0x7FFF + (bits >> 16 & 1)) >> 16, halves16);
    std::memcpy(to, &halves, sizeof halves);
}

ALWAYS_INLINE void store16(doubles16 vector, double *to) { std::memcpy(to, &vector, sizeof vector); }

ALWAYS_INLINE doubles16 to_doubles(floats16 vector) { return __builtin_convertvector(vector, doubles16); }

}  // namespace kernels
