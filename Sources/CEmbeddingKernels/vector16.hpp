#pragma once
// Sixteen numbers at a time. The compiler makes of them what the processor has: one register, two or four. Only what
// clang and GCC both know is used.

#include <cstddef>
#include <cstdint>
#include <cstring>

// How such vectors are passed depends on the processor; here they never are, because everything is inlined.
#pragma GCC diagnostic ignored "-Wpsabi"

// Compiles a loop for several instruction sets and picks the best at load time. On arm64 there is one, NEON.
#if defined(__x86_64__)
#define MULTIVERSIONED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define MULTIVERSIONED
#endif

// For a loop that such functions share: compiled as part of each. A function of its own would be compiled once, for the
// oldest processor.
#define ALWAYS_INLINE inline __attribute__((always_inline))

namespace embedding {

typedef float floats16 __attribute__((vector_size(64)));
typedef double doubles16 __attribute__((vector_size(128)));

ALWAYS_INLINE floats16 load16(const float *from) {
    floats16 vector;
    std::memcpy(&vector, from, sizeof vector);
    return vector;
}

ALWAYS_INLINE void store16(floats16 vector, float *to) { std::memcpy(to, &vector, sizeof vector); }
ALWAYS_INLINE void store16(doubles16 vector, double *to) { std::memcpy(to, &vector, sizeof vector); }

}  // namespace embedding
