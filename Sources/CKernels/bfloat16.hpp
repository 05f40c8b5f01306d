#pragma once
// Numbers of half the size: a float32 without its lower 16 bits. Loops over either type go through `number` and
// `element`. Plain integers and no struct, because the compiler does not vectorize a choice between structs.

#include "CKernels.h"

namespace kernels {

using bfloat16 = uint16_t;

inline float number(float element) { return element; }
inline float number(bfloat16 element) { return __builtin_bit_cast(float, uint32_t(element) << 16); }

template <typename Element>
Element element(float number);

template <>
inline float element(float number) {
    return number;
}

/// Rounds to the nearest, ties to even.
template <>
inline bfloat16 element(float number) {
    auto bits = __builtin_bit_cast(uint32_t, number);
    // Rounding could carry a NaN over into another number.
    bool is_nan = (bits & 0x7FFFFFFFu) > 0x7F800000u;
    uint32_t rounded = bits + 0x7FFFu + ((bits >> 16) & 1);
    return static_cast<bfloat16>((is_nan ? bits | 0x400000u : rounded) >> 16);
}

/// Calls `body` with a value of the C++ type that `type` stands for.
template <typename Body>
void with_element_type(kernel_element_type type, const Body &body) {
    if (type == kernel_bfloat16) return body(bfloat16());
    body(float());
}

}  // namespace kernels
