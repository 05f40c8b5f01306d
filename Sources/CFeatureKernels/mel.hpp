#pragma once
// The kernels, for the instruction set of the file that includes this one.

#include "fourier.hpp"
#include "set.hpp"

namespace {

/// Puts LANES frames into the transform, times the window; zeros follow them up to the transform's size.
ALWAYS_INLINE void load_frames(const kernel_mel_plan *plan, const float *sound, floats *frames) {
    const size_t length = plan->window_length;
    size_t index = 0;
    for (; index + 8 <= length; index += 8) {
        floats columns[8];
        load_columns(sound + index, plan->step, columns);
        for (size_t i = 0; i < 8; i++) frames[index + i] = columns[i] * plan->window[index + i];
    }
    for (; index < length; index++) {
        floats samples = {};
        for (size_t lane = 0; lane < lanes; lane++) samples[lane] = sound[lane * plan->step + index];
        frames[index] = samples * plan->window[index];
    }
    for (; index < plan->points; index++) frames[index] = floats{};
}

ALWAYS_INLINE floats power_of(complexes a) { return a.real * a.real + a.imaginary * a.imaginary; }

/// Takes the spectra of even and odd samples apart, and puts the power of those of all samples together.
ALWAYS_INLINE void write_power(const kernel_mel_plan *plan, const complexes *halves, floats *power) {
    const size_t half = plan->points / 2;
    const float scale = plan->power_scale;
    const turns turn = {plan->turns, 1};
    const floats sum = halves[0].real + halves[0].imaginary, difference = halves[0].real - halves[0].imaginary;
    power[0] = sum * sum * scale;
    power[half] = difference * difference * scale;
    for (size_t index = 1; index <= half / 2; index++) {
        const complexes a = halves[index], b = {halves[half - index].real, -halves[half - index].imaginary};
        const complexes even = a + b, odd = times_i((a - b) * turn[index]);
        // Both sums are twice the spectrum's value.
        power[index] = power_of(even - odd) * (scale / 4);
        power[half - index] = power_of(even + odd) * (scale / 4);
    }
}

/// Natural logarithms of positive numbers, to the precision of float32.
///
/// A number is 2^n (1 + f) with 1 + f between √½ and √2. The logarithm of 1 + f is that of (1 + s) / (1 − s) for
/// s = f / (2 + f), whose series in odd powers of s converges fast.
ALWAYS_INLINE floats logarithm_of(floats values) {
    const floats least_normal = floats{} + 1.17549435e-38f;
    values = larger(values, least_normal);
    // Moved so that the exponent changes at √½ and not at 1.
    const integers root = integers{} + 0x3f3504f3;
    integers bits;
    std::memcpy(&bits, &values, sizeof bits);
    bits -= root;
    const integers exponent = bits >> 23;
    const integers rest = bits - (exponent << 23) + root;
    floats mantissa;
    std::memcpy(&mantissa, &rest, sizeof mantissa);
    const floats f = mantissa - 1.0f, s = f / (f + 2.0f), square = s * s;
    floats series = square * (2.0f / 9) + 2.0f / 7;
    series = series * square + 2.0f / 5;
    series = series * square + 2.0f / 3;
    const floats turn = __builtin_convertvector(exponent, floats);
    // ln 2 in two parts, so that the first product is exact.
    return turn * 0.693359375f + (turn * -2.1219444e-4f + (series * square * s + 2.0f * s));
}

ALWAYS_INLINE floats level_of(floats energies, kernel_logarithm logarithm) {
    if (logarithm == KERNEL_NATURAL_LOGARITHM) {
        return logarithm_of(energies == 0.0f ? floats{} + 2.22044605e-16f : energies);
    }
    return logarithm_of(larger(energies, floats{} + 1e-10f)) * 4.34294482f;
}

constexpr float dynamic_range = 80;

void mel_energies(const kernel_mel_plan *plan, const float *sound, size_t rounds, float *memory, float *energies) {
    const uintptr_t misaligned = reinterpret_cast<uintptr_t>(memory) % sizeof(floats);
    floats *const frames = reinterpret_cast<floats *>(memory + (misaligned ? (sizeof(floats) - misaligned) / sizeof(float) : 0));
    // Neighbouring samples are taken for the real and the imaginary part of one number.
    complexes *const numbers = reinterpret_cast<complexes *>(frames);
    complexes *const spare = numbers + plan->points / 2;
    floats *const power = frames + 2 * plan->points;
    for (size_t round = 0; round < rounds; round++) {
        load_frames(plan, sound + round * lanes * plan->step, frames);
        write_power(plan, transform(numbers, spare, plan->points / 2, {plan->turns, 2}), power);
        float *const target = energies + round * (plan->bands + 1) * lanes;
        const float *weight = plan->weights;
        for (size_t band = 0; band < plan->bands; band++) {
            const floats *points = power + plan->filters[2 * band];
            const size_t count = plan->filters[2 * band + 1];
            floats sum = {};
            for (size_t i = 0; i < count; i++) sum += points[i] * weight[i];
            weight += count;
            store(sum, target + band * lanes);
        }
        floats whole = {};
        for (size_t i = 0; i <= plan->points / 2; i++) whole += power[i];
        store(whole, target + plan->bands * lanes);
    }
}

void cepstrum(float *energies, size_t frames, size_t bands, kernel_logarithm logarithm, const float *cosines,
              size_t coefficients, bool begins_with_energy, float *target, size_t stride) {
    const size_t rounds = (frames + lanes - 1) / lanes;
    floats loudest = floats{} - __builtin_inff();
    for (size_t round = 0; round < rounds; round++) {
        float *const levels = energies + round * (bands + 1) * lanes;
        floats highest = loudest;
        for (size_t band = 0; band <= bands; band++) {
            const floats level = level_of(load<floats>(levels + band * lanes), logarithm);
            store(level, levels + band * lanes);
            if (band < bands) highest = larger(highest, level);
        }
        // The lanes behind the last frame hold what is no frame of this sound.
        for (size_t lane = 0; lane < lanes; lane++) {
            if (round * lanes + lane >= frames) highest[lane] = loudest[lane];
        }
        loudest = highest;
    }
    float top = loudest[0];
    for (size_t lane = 1; lane < lanes; lane++) top = loudest[lane] > top ? loudest[lane] : top;
    const floats floor = floats{} + (logarithm == KERNEL_DECIBELS ? top - dynamic_range : -__builtin_inff());

    constexpr size_t group = 4, block = 16;
    for (size_t round = 0; round < rounds; round++) {
        float *const levels = energies + round * (bands + 1) * lanes;
        const size_t present = frames - round * lanes < lanes ? frames - round * lanes : lanes;
        for (size_t band = 0; band < bands; band++) {
            store(larger(load<floats>(levels + band * lanes), floor), levels + band * lanes);
        }
        for (size_t first = 0; first < coefficients; first += group) {
            // Several sums at a time, so that none waits for itself.
            const size_t count = coefficients - first < group ? coefficients - first : group;
            floats sums[group] = {};
            const float *rows[group];
            for (size_t i = 0; i < group; i++) rows[i] = cosines + (first + (i < count ? i : 0)) * bands;
            // By blocks, so that rounding errors do not add up over all bands.
            for (size_t begin = 0; begin < bands; begin += block) {
                const size_t end = begin + block < bands ? begin + block : bands;
                floats parts[group] = {};
                for (size_t band = begin; band < end; band++) {
                    const floats level = load<floats>(levels + band * lanes);
                    for (size_t i = 0; i < group; i++) parts[i] += level * rows[i][band];
                }
                for (size_t i = 0; i < group; i++) sums[i] += parts[i];
            }
            if (first == 0 && begins_with_energy) sums[0] = larger(load<floats>(levels + bands * lanes), floor);
            for (size_t i = 0; i < count; i++) {
                for (size_t lane = 0; lane < present; lane++) {
                    target[(round * lanes + lane) * stride + first + i] = sums[i][lane];
                }
            }
        }
    }
}

}  // namespace
