#include "CKernels.h"
#include "bfloat16.hpp"
#include "parallel.hpp"

#include <cmath>

namespace {

using kernels::bfloat16;
using kernels::element;
using kernels::number;

// The next loops' input and output are the same array or two that do not overlap. The compiler has to be told: where
// it finds them to be the same, it would take one element at a time.
#define ELEMENT_BY_ELEMENT _Pragma("clang loop vectorize(assume_safety)")

// A template cannot be multiversioned itself, so each loop is one, with a function for each type.

template <typename Element>
ALWAYS_INLINE void relu_of(const Element *input, Element *output, size_t count) {
    ELEMENT_BY_ELEMENT
    for (size_t i = 0; i < count; ++i) output[i] = number(input[i]) > 0 ? input[i] : Element(0);
}

MULTIVERSIONED
void relu(const float *input, float *output, size_t count) { relu_of(input, output, count); }
MULTIVERSIONED
void relu(const bfloat16 *input, bfloat16 *output, size_t count) { relu_of(input, output, count); }

template <typename Element>
ALWAYS_INLINE void relu_backward_of(const Element *__restrict output, Element *__restrict gradient, size_t count) {
    for (size_t i = 0; i < count; ++i) gradient[i] = number(output[i]) > 0 ? gradient[i] : Element(0);
}

MULTIVERSIONED
void relu_backward(const float *output, float *gradient, size_t count) { relu_backward_of(output, gradient, count); }
MULTIVERSIONED
void relu_backward(const bfloat16 *output, bfloat16 *gradient, size_t count) {
    relu_backward_of(output, gradient, count);
}

/// A counter-based generator: element `index` of stream `key`. The key goes in twice, before and between two rounds of
/// murmur3's 32-bit finalizer, so that streams with neighbouring keys are not shifted copies of each other.
inline uint32_t random_bits(uint32_t index, uint32_t key_low, uint32_t key_high) {
    uint32_t x = index * 0x9E3779B9u + key_low;
    x ^= x >> 16;
    x *= 0x85EBCA6Bu;
    x ^= x >> 13;
    x += key_high;
    x *= 0xC2B2AE35u;
    x ^= x >> 16;
    x *= 0x7FEB352Du;
    x ^= x >> 15;
    return x;
}

template <typename Element>
ALWAYS_INLINE void dropout_of(const Element *input, Element *output, size_t begin, size_t end, uint32_t threshold,
                       float scale, uint32_t key_low, uint32_t key_high) {
    ELEMENT_BY_ELEMENT
    for (size_t i = begin; i < end; ++i) {
        bool kept = random_bits(static_cast<uint32_t>(i), key_low, key_high) >= threshold;
        output[i] = kept ? element<Element>(number(input[i]) * scale) : Element(0);
    }
}

MULTIVERSIONED
void dropout(const float *input, float *output, size_t begin, size_t end, uint32_t threshold, float scale,
             uint32_t key_low, uint32_t key_high) {
    dropout_of(input, output, begin, end, threshold, scale, key_low, key_high);
}
MULTIVERSIONED
void dropout(const bfloat16 *input, bfloat16 *output, size_t begin, size_t end, uint32_t threshold, float scale,
             uint32_t key_low, uint32_t key_high) {
    dropout_of(input, output, begin, end, threshold, scale, key_low, key_high);
}

}  // namespace

void kernel_relu(const void *input, void *output, size_t count, kernel_element_type type) {
    kernels::with_element_type(type, [=](auto zero) {
        using Element = decltype(zero);
        auto from = static_cast<const Element *>(input);
        auto to = static_cast<Element *>(output);
        kernels::parallel_ranges(count, [=](size_t begin, size_t end) { relu(from + begin, to + begin, end - begin); });
    });
}

void kernel_relu_backward(const void *output, void *gradient, size_t count, kernel_element_type type) {
    kernels::with_element_type(type, [=](auto zero) {
        using Element = decltype(zero);
        auto mask = static_cast<const Element *>(output);
        auto masked = static_cast<Element *>(gradient);
        kernels::parallel_ranges(
            count, [=](size_t begin, size_t end) { relu_backward(mask + begin, masked + begin, end - begin); });
    });
}

void kernel_dropout(const void *input, void *output, size_t count, kernel_element_type type, float rate, uint64_t key) {
    auto threshold = static_cast<uint32_t>(std::min(std::round(double(rate) * 4294967296.0), 4294967295.0));
    float scale = 1 / (1 - rate);
    auto low = static_cast<uint32_t>(key), high = static_cast<uint32_t>(key >> 32);
    kernels::with_element_type(type, [=](auto zero) {
        using Element = decltype(zero);
        auto from = static_cast<const Element *>(input);
        auto to = static_cast<Element *>(output);
        kernels::parallel_ranges(
            count, [=](size_t begin, size_t end) { dropout(from, to, begin, end, threshold, scale, low, high); });
    });
}

void kernel_moving_average(float *moving, const float *batch, size_t count, float momentum) {
    for (size_t i = 0; i < count; ++i) moving[i] = moving[i] * momentum + batch[i] * (1 - momentum);
}

void kernel_column_sums(const float *array, float *sums, size_t rows, size_t columns) {
    std::fill_n(sums, columns, 0.f);
    for (size_t row = 0; row < rows; ++row)
        for (size_t column = 0; column < columns; ++column) sums[column] += array[row * columns + column];
}
