// Mel energies and cepstral coefficients against plain loops in float64; and the same bits on all instruction sets.

#include <cmath>
#include <cstring>
#include <numeric>

#include "../../Sources/CFeatureKernels/set.hpp"
#include "check.hpp"

namespace {

/// Features of a sound with settings of a kind: points, window, filters that overlap by half.
struct features_case {
    size_t points, window_length, step, bands, coefficients, frames;
    kernel_logarithm logarithm;
    bool begins_with_energy;
};

struct outcome {
    /// energies[frame, band], and coefficients[frame, coefficient].
    std::vector<float> energies, coefficients;
};

[[maybe_unused]] bool same(const outcome &a, const outcome &b) {
    auto same_bits = [](const std::vector<float> &a, const std::vector<float> &b) {
        return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
    };
    return same_bits(a.energies, b.energies) && same_bits(a.coefficients, b.coefficients);
}

void test(const features_case &c) {
    const size_t half = c.points / 2;
    std::vector<float> window(c.window_length), turns, weights, cosines;
    for (size_t i = 0; i < window.size(); ++i) window[i] = 0.5f - 0.4f * std::cos(0.1f * float(i));
    for (size_t i = 0; i < c.points; ++i) {
        turns.push_back(float(std::cos(-2 * M_PI * double(i) / double(c.points))));
        turns.push_back(float(std::sin(-2 * M_PI * double(i) / double(c.points))));
    }
    std::vector<uint32_t> filters;
    for (size_t band = 0; band < c.bands; ++band) {
        const size_t first = band * half / (c.bands + 1), count = band == 1 ? 0 : 2 * half / (c.bands + 1) + 1;
        filters.insert(filters.end(), {uint32_t(first), uint32_t(count)});
        for (size_t i = 0; i < count; ++i) weights.push_back(float(i + 1) / float(count));
    }
    for (size_t i = 0; i < c.coefficients * c.bands; ++i) cosines.push_back(float(std::cos(0.37 * double(i))));
    // What is behind the last frame, up to a round of sixteen, is no frame of the sound.
    std::vector<float> sound((c.frames + 15) * c.step + c.window_length);
    for (size_t i = 0; i < sound.size(); ++i) sound[i] = float(std::sin(0.02 * double(i * (i % 7)))) * (i < 300 ? 0 : 1);
    const kernel_mel_plan plan = {c.points, window.data(), window.size(), c.step, turns.data(), 0.5f, c.bands, filters.data(),
                                  weights.data()};

    auto run = [&](const feature_kernels &kernels) {
        const size_t lanes = kernels.lanes, rounds = (c.frames + lanes - 1) / lanes;
        std::vector<float> memory(memory_for(kernels, &plan)), energies(rounds * (c.bands + 1) * lanes);
        outcome found;
        found.coefficients.resize(c.frames * c.coefficients);
        kernels.mel_energies(&plan, sound.data(), rounds, memory.data(), energies.data());
        for (size_t frame = 0; frame < c.frames; ++frame) {
            for (size_t band = 0; band <= c.bands; ++band) {
                found.energies.push_back(energies[(frame / lanes * (c.bands + 1) + band) * lanes + frame % lanes]);
            }
        }
        kernels.cepstrum(energies.data(), c.frames, c.bands, c.logarithm, cosines.data(), c.coefficients, c.begins_with_energy,
                         found.coefficients.data(), c.coefficients);
        return found;
    };
    const outcome found = run(feature_kernels_for_baseline);
#if defined(__x86_64__)
    if (__builtin_cpu_supports("x86-64-v3")) {
        expect(same(found, run(feature_kernels_for_avx2)), "mel energies and coefficients have the same bits with AVX2");
    }
    if (__builtin_cpu_supports("x86-64-v4")) {
        expect(same(found, run(feature_kernels_for_avx512)), "mel energies and coefficients have the same bits with AVX-512");
    }
#endif

    std::vector<double> levels(c.frames * (c.bands + 1));
    double loudest = -INFINITY, worst_energy = 0, worst_coefficient = 0;
    auto level = [&](double energy) {
        if (c.logarithm == KERNEL_DECIBELS) return 10 * std::log10(std::max(energy, 1e-10));
        return std::log(energy == 0 ? 0x1p-52 : energy);
    };
    for (size_t frame = 0; frame < c.frames; ++frame) {
        std::vector<double> power(half + 1);
        for (size_t k = 0; k <= half; ++k) {
            double real = 0, imaginary = 0;
            for (size_t i = 0; i < c.window_length; ++i) {
                const double sample = double(sound[frame * c.step + i]) * double(window[i]);
                real += sample * std::cos(2 * M_PI * double(k * i % c.points) / double(c.points));
                imaginary -= sample * std::sin(2 * M_PI * double(k * i % c.points) / double(c.points));
            }
            power[k] = 0.5 * (real * real + imaginary * imaginary);
        }
        const double whole = std::accumulate(power.begin(), power.end(), 0.0);
        size_t weight = 0;
        for (size_t band = 0; band <= c.bands; ++band) {
            double expected = whole;
            if (band < c.bands) {
                expected = 0;
                for (uint32_t i = 0; i < filters[2 * band + 1]; ++i) {
                    expected += power[filters[2 * band] + i] * double(weights[weight++]);
                }
            }
            const float energy = found.energies[frame * (c.bands + 1) + band];
            worst_energy = std::max(worst_energy, std::abs(double(energy) - expected) / (whole + 1e-30));
            // The levels of what was found: near nothing, a logarithm enlarges any error.
            levels[frame * (c.bands + 1) + band] = level(double(energy));
            if (band < c.bands) loudest = std::max(loudest, level(double(energy)));
        }
    }
    expect(worst_energy < 1e-5, "mel energies");
    if (c.logarithm == KERNEL_DECIBELS) {
        for (double &value : levels) value = std::max(value, loudest - 80);
    }
    for (size_t frame = 0; frame < c.frames; ++frame) {
        const double *row = &levels[frame * (c.bands + 1)];
        for (size_t k = 0; k < c.coefficients; ++k) {
            double sum = 0, size = 1;
            for (size_t band = 0; band < c.bands; ++band) {
                sum += double(cosines[k * c.bands + band]) * row[band];
                size += std::abs(row[band]);
            }
            if (k == 0 && c.begins_with_energy) sum = row[c.bands];
            worst_coefficient = std::max(worst_coefficient, std::abs(found.coefficients[frame * c.coefficients + k] - sum) / size);
        }
    }
    expect(worst_coefficient < 1e-6, "cepstral coefficients");
}

}  // namespace

void test_features() {
    test({400, 400, 200, 128, 13, 41, KERNEL_DECIBELS, false});
    test({256, 200, 100, 26, 13, 19, KERNEL_NATURAL_LOGARITHM, true});
    test({1024, 800, 400, 26, 13, 8, KERNEL_NATURAL_LOGARITHM, false});
    test({42, 42, 7, 5, 5, 1, KERNEL_DECIBELS, false});
    test({4, 3, 1, 1, 1, 9, KERNEL_NATURAL_LOGARITHM, true});
    test({90, 77, 30, 10, 6, 17, KERNEL_DECIBELS, false});
}
