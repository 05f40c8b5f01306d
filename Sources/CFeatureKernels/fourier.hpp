#pragma once
// The discrete Fourier transforms of LANES sequences at once: Stockham's algorithm on whole vectors, radix 4 as far as that
// goes, then the odd primes, and a single two last.

#include "floats.hpp"

namespace {

/// A complex number of each sequence.
struct complexes {
    floats real, imaginary;
};

ALWAYS_INLINE complexes operator+(complexes a, complexes b) { return {a.real + b.real, a.imaginary + b.imaginary}; }
ALWAYS_INLINE complexes operator-(complexes a, complexes b) { return {a.real - b.real, a.imaginary - b.imaginary}; }
ALWAYS_INLINE complexes operator*(complexes a, float b) { return {a.real * b, a.imaginary * b}; }
ALWAYS_INLINE complexes times_i(complexes a) { return {-a.imaginary, a.real}; }

/// exp(−2πi · index / count), the same for all sequences.
struct factor {
    float cosine, sine;
};

ALWAYS_INLINE complexes operator*(complexes a, factor b) {
    return {a.real * b.cosine - a.imaginary * b.sine, a.real * b.sine + a.imaginary * b.cosine};
}

/// A table of such factors for a number of points, of which each `spacing`th is for this transform.
struct turns {
    const float *values;
    size_t spacing;

    ALWAYS_INLINE factor operator[](size_t index) const {
        const float *value = values + 2 * index * spacing;
        return {value[0], value[1]};
    }
};

/// A stage on `stride` interleaved transforms of `length` points.
ALWAYS_INLINE void quadruples(const complexes *input, complexes *output, size_t length, size_t stride, turns turn) {
    const size_t quarter = length / 4;
    for (size_t point = 0; point < quarter; point++) {
        const size_t index = point * stride;
        const factor first = turn[index], second = turn[2 * index], third = turn[3 * index];
        for (size_t lane = 0; lane < stride; lane++) {
            const complexes *source = input + lane + index;
            const complexes a = source[0], b = source[stride * quarter];
            const complexes c = source[2 * stride * quarter], d = source[3 * stride * quarter];
            const complexes even = a + c, odd = b + d, turned = times_i(b - d);
            complexes *target = output + lane + 4 * index;
            target[0] = even + odd;
            target[stride] = (a - c - turned) * first;
            target[2 * stride] = (even - odd) * second;
            target[3 * stride] = (a - c + turned) * third;
        }
    }
}

ALWAYS_INLINE void quintuples(const complexes *input, complexes *output, size_t length, size_t stride, turns turn) {
    const size_t part = length / 5;
    // A fifth of a turn, and two of them.
    const factor one = {0.309016994f, -0.951056516f}, two = {-0.809016994f, -0.587785252f};
    for (size_t point = 0; point < part; point++) {
        const size_t index = point * stride;
        const factor first = turn[index], second = turn[2 * index], third = turn[3 * index], fourth = turn[4 * index];
        for (size_t lane = 0; lane < stride; lane++) {
            const complexes *source = input + lane + index;
            const complexes a = source[0], b = source[stride * part], c = source[2 * stride * part];
            const complexes d = source[3 * stride * part], e = source[4 * stride * part];
            const complexes outer = b + e, inner = c + d, outer_gap = b - e, inner_gap = c - d;
            const complexes near = a + outer * one.cosine + inner * two.cosine;
            const complexes far = a + outer * two.cosine + inner * one.cosine;
            const complexes near_turn = times_i(outer_gap * one.sine + inner_gap * two.sine);
            const complexes far_turn = times_i(outer_gap * two.sine - inner_gap * one.sine);
            complexes *target = output + lane + 5 * index;
            target[0] = a + outer + inner;
            target[stride] = (near + near_turn) * first;
            target[2 * stride] = (far + far_turn) * second;
            target[3 * stride] = (far - far_turn) * third;
            target[4 * stride] = (near - near_turn) * fourth;
        }
    }
}

/// A stage of any other odd radix.
ALWAYS_INLINE void tuples(size_t radix, const complexes *input, complexes *output, size_t length, size_t stride,
                          turns turn, size_t points) {
    const size_t part = length / radix;
    for (size_t point = 0; point < part; point++) {
        for (size_t result = 0; result < radix; result++) {
            const factor outside = turn[point * stride * result];
            for (size_t lane = 0; lane < stride; lane++) {
                const complexes *source = input + lane + stride * point;
                complexes sum = source[0];
                for (size_t index = 1; index < radix; index++) {
                    sum = sum + source[index * stride * part] * turn[index * result % radix * (points / radix)];
                }
                output[lane + stride * (radix * point + result)] = sum * outside;
            }
        }
    }
}

ALWAYS_INLINE void pairs(const complexes *input, complexes *output, size_t stride) {
    for (size_t index = 0; index < stride; index++) {
        const complexes a = input[index], b = input[index + stride];
        output[index] = a + b;
        output[index + stride] = a - b;
    }
}

ALWAYS_INLINE size_t radix_of(size_t length) {
    if (length % 4 == 0) return 4;
    if (length == 2) return 2;
    size_t radix = 3;
    while (length % radix != 0) radix += 2;
    return radix;
}

/// Transforms `points` numbers, in turn between the input and a buffer as long.
/// Returns where the spectra are: one of the two.
ALWAYS_INLINE complexes *transform(complexes *input, complexes *output, size_t points, turns turn) {
    size_t length = points, stride = 1;
    while (length > 1) {
        const size_t radix = radix_of(length);
        switch (radix) {
            case 4: quadruples(input, output, length, stride, turn); break;
            case 5: quintuples(input, output, length, stride, turn); break;
            case 2: pairs(input, output, stride); break;
            default: tuples(radix, input, output, length, stride, turn, points);
        }
        length /= radix;
        stride *= radix;
        complexes *const next = input;
        input = output;
        output = next;
    }
    return input;
}

}  // namespace
