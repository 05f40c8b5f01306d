#pragma once
// Compares kernels with plain loops in float64.

#include "CNetworkKernels.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

/// What was compared so far.
struct Tally {
    int passed = 0, failed = 0;
};
inline Tally tally;

/// Notes a comparison that came out true or false.
inline void expect(bool holds, const std::string &what) {
    ++(holds ? tally.passed : tally.failed);
    if (!holds) std::printf("FAILED: %s\n", what.c_str());
}

/// Expects every value to be within `tolerance` of the expected one, measured by the largest of these.
template <typename Value>
void expect_near(const std::vector<Value> &values, const std::vector<double> &expected, double tolerance,
                 const std::string &what) {
    double largest = 1e-30, worst = 0;
    for (double value : expected) largest = std::fmax(largest, std::fabs(value));
    bool holds = values.size() == expected.size();
    for (size_t i = 0; holds && i < expected.size(); ++i) {
        const double error = std::fabs(double(values[i]) - expected[i]) / largest;
        if (!(error <= worst)) worst = error;
    }
    holds = holds && worst <= tolerance;
    expect(holds, what + ": off by " + std::to_string(worst) + " of the largest value, at most " +
                      std::to_string(tolerance) + " was expected");
}

/// Normal numbers, the same in every run.
inline std::vector<float> noise(size_t count, unsigned seed) {
    std::mt19937 bits(seed);
    std::vector<float> values(count);
    // Not std::normal_distribution, which differs from library to library.
    for (float &value : values) {
        double sum = -6;
        for (int i = 0; i < 12; ++i) sum += bits() / 4294967296.0;
        value = float(sum);
    }
    return values;
}

/// An array's values as the kernels see them: bfloat16 where the type says so.
inline uint16_t to_bfloat16(float value) {
    uint32_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    return uint16_t((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}
inline float from_bfloat16(uint16_t value) {
    const uint32_t bits = uint32_t(value) << 16;
    float result;
    __builtin_memcpy(&result, &bits, sizeof result);
    return result;
}

/// An array of activations in either type, and its exact values.
struct Activations {
    kernel_element_type type;
    std::vector<float> values;
    std::vector<uint16_t> halves;

    Activations(kernel_element_type type, std::vector<float> wanted) : type(type), values(std::move(wanted)) {
        if (type == kernel_float32) return;
        for (float &value : values) {
            halves.push_back(to_bfloat16(value));
            value = from_bfloat16(halves.back());
        }
    }
    /// Room for results.
    Activations(kernel_element_type type, size_t count) : Activations(type, std::vector<float>(count, -77.f)) {}

    void *data() { return type == kernel_float32 ? static_cast<void *>(values.data()) : halves.data(); }
    const std::vector<float> &results() {
        for (size_t i = 0; i < halves.size(); ++i) values[i] = from_bfloat16(halves[i]);
        return values;
    }
    /// How exactly a result of this type can be compared.
    double tolerance(double float32) const { return type == kernel_float32 ? float32 : 5e-3; }
};

inline const char *name_of(kernel_element_type type) { return type == kernel_float32 ? "float32" : "bfloat16"; }

/// Scratch memory filled with NaNs, so that what is read before it is written shows, with a margin that must stay as it is.
struct ScratchMemory {
    std::vector<uint64_t> words;
    size_t bytes;
    static constexpr uint64_t filling = 0x7FFFFFFF7FFFFFFF;

    explicit ScratchMemory(size_t bytes) : words(bytes / 8 + 64, filling), bytes(bytes) {}
    void *data() { return words.data(); }
    void expect_margin(const std::string &what) const {
        bool holds = true;
        for (size_t word = (bytes + 7) / 8; word < words.size(); ++word) holds = holds && words[word] == filling;
        expect(holds, what + " writes past its scratch memory");
    }
};
