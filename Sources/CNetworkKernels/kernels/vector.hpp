#pragma once
// Vectors of float32 whose width the including file sets: LANES numbers in each of REGISTERS registers. The same lines
// become AVX-512, AVX2 with FMA, SSE2 or NEON. Only what clang and GCC both know is used.
//
// Vectors never cross a call that is not inlined: how they would be passed depends on the instruction set.

#include <cstddef>
#include <cstdint>
#include <cstring>

#pragma GCC diagnostic ignored "-Wpsabi"
// A function without a formula, and a kernel that no set has: what would otherwise be a warning and a crash.
#pragma GCC diagnostic error "-Wswitch"
#pragma GCC diagnostic error "-Wmissing-field-initializers"

#define INLINE inline __attribute__((always_inline))
/// Before a loop over registers: rolled up, its array would lie in memory.
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
/// Before a loop whose arrays overlap only where one is overwritten element by element.
#define ELEMENT_BY_ELEMENT _Pragma("clang loop vectorize(assume_safety)")
#else
// GCC unrolls loops over a few registers by itself, and warns where it cannot be told to.
#define UNROLL
#define ELEMENT_BY_ELEMENT _Pragma("GCC ivdep")
#endif

namespace {

constexpr size_t lanes = LANES;
/// SSE2 has no fused multiply-adds; AVX2, AVX-512 and NEON have them.
#if defined(__x86_64__)
constexpr bool fuses_multiply_adds = LANES > 4;
#else
constexpr bool fuses_multiply_adds = true;
#endif

typedef float Vector __attribute__((vector_size(LANES * sizeof(float))));
typedef double Doubles __attribute__((vector_size(LANES * sizeof(double))));
typedef int32_t Integers __attribute__((vector_size(LANES * sizeof(int32_t))));
typedef uint32_t Bits __attribute__((vector_size(LANES * sizeof(uint32_t))));
typedef uint16_t Halves __attribute__((vector_size(LANES * sizeof(uint16_t))));

/// The upper half of a float32. A plain integer and no struct, because the compiler does not vectorize a choice between
/// structs.
using bfloat16 = uint16_t;

INLINE Vector zero() { return Vector{}; }
/// Minus zero leaves a number as it is, its sign included.
INLINE Vector splat(float value) { return value - Vector{}; }

INLINE Vector load(const float *from) {
    Vector vector;
    std::memcpy(&vector, from, sizeof vector);
    return vector;
}
INLINE Vector load(const bfloat16 *from) {
    Halves halves;
    std::memcpy(&halves, from, sizeof halves);
    return (Vector)(__builtin_convertvector(halves, Bits) << 16);
}
INLINE void store(float *to, Vector vector) { std::memcpy(to, &vector, sizeof vector); }
/// Rounds to the nearest bfloat16, ties to even. A NaN stays one: rounding could carry it over to infinity.
INLINE void store(bfloat16 *to, Vector vector) {
    const Bits bits = (Bits)vector;
    const Bits rounded = bits + 0x7FFFu + ((bits >> 16) & 1u);
    const Bits is_number = (Bits)(vector == vector);
    const Halves halves = __builtin_convertvector(((rounded & is_number) | (0x7FC00000u & ~is_number)) >> 16, Halves);
    std::memcpy(to, &halves, sizeof halves);
}

/// The first `count` numbers, zeros behind them.
template <typename Element>
INLINE Vector load_first(const Element *from, size_t count) {
    Element values[LANES] = {};
    std::memcpy(values, from, count * sizeof(Element));
    return load(values);
}
template <typename Element>
INLINE void store_first(Element *to, Vector vector, size_t count) {
    Element values[LANES];
    store(values, vector);
    std::memcpy(to, values, count * sizeof(Element));
}

/// The first `present` numbers: all of a vector where that is a constant.
template <typename Element>
INLINE Vector load_present(const Element *from, std::integral_constant<size_t, lanes>) {
    return load(from);
}
template <typename Element>
INLINE Vector load_present(const Element *from, size_t present) {
    return load_first(from, present);
}
template <typename Element>
INLINE void store_present(Element *to, Vector vector, std::integral_constant<size_t, lanes>) {
    store(to, vector);
}
template <typename Element>
INLINE void store_present(Element *to, Vector vector, size_t present) {
    store_first(to, vector, present);
}

/// In this order of operands, a NaN on the right is kept.
INLINE Vector maximum(Vector a, Vector b) { return a > b ? a : b; }
/// `value` where `condition` is above zero or no number, so that a NaN is kept and seen; zero elsewhere.
INLINE Vector where_positive(Vector condition, Vector value) { return condition <= 0 ? Vector{} : value; }

/// Each number's square root, exactly rounded.
INLINE Vector square_root(Vector x) {
#if defined(__clang__)
    return __builtin_elementwise_sqrt(x);
#else
    for (size_t lane = 0; lane < lanes; ++lane) x[lane] = __builtin_sqrtf(x[lane]);
    return x;
#endif
}

INLINE Doubles to_doubles(Vector vector) { return __builtin_convertvector(vector, Doubles); }
INLINE void store(double *to, Doubles vector) { std::memcpy(to, &vector, sizeof vector); }
INLINE Doubles load(const double *from) {
    Doubles vector;
    std::memcpy(&vector, from, sizeof vector);
    return vector;
}

INLINE float number(float element) { return element; }
INLINE float number(bfloat16 element) {
    const uint32_t bits = uint32_t(element) << 16;
    float number;
    std::memcpy(&number, &bits, sizeof number);
    return number;
}

template <typename Element>
Element element(float number);
template <>
INLINE float element(float number) {
    return number;
}
template <>
INLINE bfloat16 element(float number) {
    uint32_t bits;
    std::memcpy(&bits, &number, sizeof bits);
    const bool is_number = number == number;
    return bfloat16((is_number ? bits + 0x7FFFu + ((bits >> 16) & 1u) : 0x7FC00000u) >> 16);
}

/// Calls `body` with a value of the C++ type that `type` stands for.
template <typename Body>
INLINE void with_element_type(kernel_element_type type, const Body &body) {
    if (type == kernel_bfloat16) return body(bfloat16());
    body(float());
}

inline size_t rounded_up(size_t count, size_t multiple) { return (count + multiple - 1) / multiple * multiple; }

}  // namespace
