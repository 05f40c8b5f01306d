#include "CKernels.h"
#include "parallel.hpp"

#include <cmath>

namespace {

// The next loop's input and output are the same array or two that do not overlap. The compiler has to be told: where
// it finds them to be the same, it would take one element at a time.
#define ELEMENT_BY_ELEMENT _Pragma("clang loop vectorize(assume_safety)")

MULTIVERSIONED
void relu(const float *input, float *output, size_t count) {
    ELEMENT_BY_ELEMENT
    for (size_t i = 0; i < count; ++i) output[i] = input[i] > 0 ? input[i] : 0;
}

MULTIVERSIONED
void relu_backward(const float *__restrict output, float *__restrict gradient, size_t count) {
    for (size_t i = 0; i < count; ++i) gradient[i] = output[i] > 0 ? gradient[i] : 0;
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

MULTIVERSIONED
void dropout(const float *input, float *output, size_t begin, size_t end, uint32_t threshold, float scale,
             uint32_t key_low, uint32_t key_high) {
    ELEMENT_BY_ELEMENT
    for (size_t i = begin; i < end; ++i) {
        bool kept = random_bits(static_cast<uint32_t>(i), key_low, key_high) >= threshold;
        output[i] = kept ? input[i] * scale : 0;
    }
}

}  // namespace

void kernel_relu(const float *input, float *output, size_t count) {
    kernels::parallel_ranges(count, [=](size_t begin, size_t end) { relu(input + begin, output + begin, end - begin); });
}

void kernel_relu_backward(const float *output, float *gradient, size_t count) {
    kernels::parallel_ranges(
        count, [=](size_t begin, size_t end) { relu_backward(output + begin, gradient + begin, end - begin); });
}

void kernel_dropout(const float *input, float *output, size_t count, float rate, uint64_t key) {
    auto threshold = static_cast<uint32_t>(std::min(std::round(double(rate) * 4294967296.0), 4294967295.0));
    float scale = 1 / (1 - rate);
    auto low = static_cast<uint32_t>(key), high = static_cast<uint32_t>(key >> 32);
    kernels::parallel_ranges(
        count, [=](size_t begin, size_t end) { dropout(input, output, begin, end, threshold, scale, low, high); });
}

void kernel_moving_average(float *moving, const float *batch, size_t count, float momentum) {
    for (size_t i = 0; i < count; ++i) moving[i] = moving[i] * momentum + batch[i] * (1 - momentum);
}
