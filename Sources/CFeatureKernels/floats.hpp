#pragma once
// LANES numbers at a time, one of each frame. The compiler makes of them what the processor has.

#include <cstddef>
#include <cstdint>
#include <cstring>

// How such vectors are passed depends on the processor; here they never are, because everything is inlined.
#pragma GCC diagnostic ignored "-Wpsabi"

// Products are not fused with sums: the features of a recording, and so the fingerprint of a dataset, are the same with
// all instruction sets.
#if defined(__clang__)
#pragma clang fp contract(off)
#else
#pragma GCC optimize("fp-contract=off")
#endif

// Compiled as part of what calls it, for the instruction set of that.
#define ALWAYS_INLINE inline __attribute__((always_inline))

namespace {

constexpr size_t lanes = LANES;
static_assert(lanes == 8 || lanes == 16, "frames are gathered by eights");

typedef float floats __attribute__((vector_size(4 * LANES)));
typedef int32_t integers __attribute__((vector_size(4 * LANES)));
typedef float floats8 __attribute__((vector_size(32)));

template <typename vector>
ALWAYS_INLINE vector load(const float *from) {
    vector values;
    std::memcpy(&values, from, sizeof values);
    return values;
}

ALWAYS_INLINE void store(floats values, float *to) { std::memcpy(to, &values, sizeof values); }

ALWAYS_INLINE floats larger(floats a, floats b) { return a > b ? a : b; }

/// Makes rows of columns: lane c of row r becomes lane r of row c.
ALWAYS_INLINE void transpose(floats8 (&rows)[8]) {
    floats8 pairs[8];
    for (int r = 0; r < 8; r += 2) {
        pairs[r] = __builtin_shufflevector(rows[r], rows[r + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        pairs[r + 1] = __builtin_shufflevector(rows[r], rows[r + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    floats8 fours[8];
    for (int half = 0; half < 8; half += 4) {
        for (int r = 0; r < 2; r++) {
            const floats8 a = pairs[half + r], b = pairs[half + 2 + r];
            fours[half + r] = __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13);
            fours[half + 2 + r] = __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
        }
    }
    for (int r = 0; r < 4; r++) {
        rows[r] = __builtin_shufflevector(fours[r], fours[4 + r], 0, 1, 2, 3, 8, 9, 10, 11);
        rows[4 + r] = __builtin_shufflevector(fours[r], fours[4 + r], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

/// The eight values at `from` of each lane, where one lane's begin `step` after those of the lane before.
ALWAYS_INLINE void load_columns(const float *from, size_t step, floats (&columns)[8]) {
    floats8 rows[lanes / 8][8];
    for (size_t lane = 0; lane < lanes; lane++) rows[lane / 8][lane % 8] = load<floats8>(from + lane * step);
    for (auto &eight : rows) transpose(eight);
    for (size_t i = 0; i < 8; i++) {
#if LANES == 16
        columns[i] = __builtin_shufflevector(rows[0][i], rows[1][i], 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
#else
        columns[i] = rows[0][i];
#endif
    }
}

}  // namespace
