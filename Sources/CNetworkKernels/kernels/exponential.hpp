#pragma once
// Functions that the processors have no instructions for, within a few units in the last place.

#include "vector.hpp"

namespace {

/// eˣ = 2ⁿ · eʳ with |r| ≤ ln 2 / 2, where eʳ is a polynomial of degree 7: its error is below float32's rounding. What is
/// too small for a normal number becomes 0; a NaN stays one.
INLINE Vector exponential(Vector x) {
    const Vector limited = maximum(splat(-87.3f), x);
    // Adding 1.5 · 2²³ rounds to a whole number and leaves it in the lowest bits.
    const float magic = 12582912.f;
    const Vector shifted = limited * 1.44269504f + magic, n = shifted - magic;
    const Vector r = limited - n * 0.693359375f + n * 2.12194440e-4f;
    Vector sum = splat(1.98412698e-4f);
    sum = sum * r + 1.38888889e-3f;
    sum = sum * r + 8.33333333e-3f;
    sum = sum * r + 4.16666667e-2f;
    sum = sum * r + 0.166666667f;
    sum = sum * r + 0.5f;
    sum = sum * r + 1;
    sum = sum * r + 1;
    // The exponent 128 would be that of infinity: two factors reach it.
    const Bits exponent = (Bits)shifted - 0x4B400000u, half = (Bits)((Integers)exponent >> 1);
    const Vector first = (Vector)((half + 127u) << 23), second = (Vector)((exponent - half + 127u) << 23);
    const Vector result = sum * first * second;
    const Vector too_large = x > 88.73f ? splat(std::numeric_limits<float>::infinity()) : result;
    return x < -87.3f ? zero() : too_large;
}

/// tanh x = sign(x) · (1 - 2 / (e²|ˣ| + 1)), and near 0, where that cancels, Taylor's polynomial.
INLINE Vector hyperbolic_tangent(Vector x) {
    const Vector square = x * x, magnitude = x < 0 ? -x : x;
    const Vector far = 1 - 2 / (exponential(2 * magnitude) + 1);
    const Vector near =
        x * (1 + square * (-0.333333333f + square * (0.133333333f + square * (-0.0539682540f + square * 0.0218694885f))));
    const Vector with_sign = x < 0 ? -far : far;
    return magnitude < 0.3f ? near : with_sign;
}

}  // namespace
