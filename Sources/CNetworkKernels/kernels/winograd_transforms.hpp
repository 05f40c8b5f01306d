#pragma once
// The transforms of Winograd's F(4, 3) with the interpolation points 0, ±near, ±far and infinity, on vectors of
// channels. In Lavin & Gray's notation, y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A. Each matrix is one function on 6, 4 or 3 vectors;
// a tile's transform applies it in one direction, then in the other.
//
// Points ±a come in pairs, so that half of the sums are shared: each point costs two multiply-adds.

#include "vector.hpp"

namespace {
namespace winograd {

constexpr size_t output_size = 4, kernel_size = 3, input_size = output_size + kernel_size - 1;
/// Products for each tile.
constexpr size_t points = input_size * input_size;

/// The numbers from one of the 36 points to the next in an array that holds [rows][channels] for each: whole cache
/// lines, and an odd number of them, because a tile's 36 values would push each other out of the cache if they were a
/// multiple of 4096 bytes apart.
inline size_t point_step(size_t rows, size_t channels) {
    const size_t line_values = 64 / sizeof(float), lines = (rows * channels + line_values - 1) / line_values;
    return (lines | 1) * line_values;
}

// These points keep the rounding small: the transforms' factors stay near 1.
constexpr float near = 0.625f, far = 1.5f;
constexpr float near2 = near * near, far2 = far * far;

/// Bᵀ: 6 source values to 6 points. Row p has the coefficients of the product of (x - q) over the other points q.
INLINE void transform_source(const Vector (&d)[6], Vector (&result)[6]) {
    Vector even_near = d[4] - splat(far2) * d[2], odd_near = d[3] - splat(far2) * d[1];
    Vector even_far = d[4] - splat(near2) * d[2], odd_far = d[3] - splat(near2) * d[1];
    result[0] = splat(near2 * far2) * d[0] - splat(near2) * d[2] + even_near;
    result[1] = even_near + splat(near) * odd_near;
    result[2] = even_near - splat(near) * odd_near;
    result[3] = even_far + splat(far) * odd_far;
    result[4] = even_far - splat(far) * odd_far;
    result[5] = d[5] - splat(near2) * d[3] - splat(far2) * odd_far;
}

/// G: 3 weights to 6 points. Row p is (1, p, p²) over the product of (p - q) over the other points q.
INLINE void transform_weights(const Vector (&g)[3], Vector (&result)[6]) {
    constexpr float scale_near = 1 / (2 * near2 * (near2 - far2)), scale_far = 1 / (2 * far2 * (far2 - near2));
    Vector even_near = splat(scale_near) * g[0] + splat(scale_near * near2) * g[2];
    Vector odd_near = splat(scale_near * near) * g[1];
    Vector even_far = splat(scale_far) * g[0] + splat(scale_far * far2) * g[2];
    Vector odd_far = splat(scale_far * far) * g[1];
    result[0] = splat(1 / (near2 * far2)) * g[0];
    result[1] = even_near + odd_near;
    result[2] = even_near - odd_near;
    result[3] = even_far + odd_far;
    result[4] = even_far - odd_far;
    result[5] = g[2];
}

/// Gᵀ: 6 points to the gradient of 3 weights.
INLINE void transform_weights_gradient(const Vector (&m)[6], Vector (&result)[3]) {
    constexpr float scale_near = 1 / (2 * near2 * (near2 - far2)), scale_far = 1 / (2 * far2 * (far2 - near2));
    Vector sum_near = splat(scale_near) * (m[1] + m[2]), sum_far = splat(scale_far) * (m[3] + m[4]);
    result[0] = splat(1 / (near2 * far2)) * m[0] + sum_near + sum_far;
    result[1] = splat(scale_near * near) * (m[1] - m[2]) + splat(scale_far * far) * (m[3] - m[4]);
    result[2] = splat(near2) * sum_near + splat(far2) * sum_far + m[5];
}

/// Aᵀ: 6 points to 4 outputs. Row i has the points' i-th powers.
INLINE void transform_output(const Vector (&m)[6], Vector (&result)[4]) {
    Vector sum_near = m[1] + m[2], difference_near = m[1] - m[2];
    Vector sum_far = m[3] + m[4], difference_far = m[3] - m[4];
    result[0] = m[0] + sum_near + sum_far;
    result[1] = splat(near) * difference_near + splat(far) * difference_far;
    result[2] = splat(near2) * sum_near + splat(far2) * sum_far;
    result[3] = m[5] + splat(near * near2) * difference_near + splat(far * far2) * difference_far;
}

/// A: the gradient of 4 outputs to 6 points.
INLINE void transform_output_gradient(const Vector (&y)[4], Vector (&result)[6]) {
    Vector even_near = y[0] + splat(near2) * y[2], odd_near = y[1] + splat(near2) * y[3];
    Vector even_far = y[0] + splat(far2) * y[2], odd_far = y[1] + splat(far2) * y[3];
    result[0] = y[0];
    result[1] = even_near + splat(near) * odd_near;
    result[2] = even_near - splat(near) * odd_near;
    result[3] = even_far + splat(far) * odd_far;
    result[4] = even_far - splat(far) * odd_far;
    result[5] = y[3];
}

}  // namespace winograd
}  // namespace
