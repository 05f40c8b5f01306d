#pragma once
// The kernels, for the instruction set of the file that includes this one.

#include "fourier.hpp"
#include "set.hpp"

namespace {

constexpr size_t lanes = KERNEL_MEL_LANES;

/// Puts eight frames into the transform, times the window; zeros follow them up to the transform's size.
ALWAYS_INLINE void load_frames(const kernel_mel_plan *plan, const float *sound, floats8 *frames) {
    const size_t length = plan->window_length;
    size_t index = 0;
    for (; index + 8 <= length; index += 8) {
        floats8 rows[8];
        for (size_t lane = 0; lane < lanes; lane++) rows[lane] = load8(sound + lane * plan->step + index);
        transpose(rows);
        for (size_t i = 0; i < 8; i++) frames[index + i] = rows[i] * plan->window[index + i];
    }
    for (; index < length; index++) {
        floats8 samples = {};
        for (size_t lane = 0; lane < lanes; lane++) samples[lane] = sound[lane * plan->step + index];
        frames[index] = samples * plan->window[index];
    }
    for (; index < plan->points; index++) frames[index] = floats8{};
}

ALWAYS_INLINE floats8 power_of(complex8 a) { return a.real * a.real + a.imaginary * a.imaginary; }

/// Takes the spectra of even and odd samples apart, and puts the power of those of all samples together.
ALWAYS_INLINE void write_power(const kernel_mel_plan *plan, const complex8 *halves, floats8 *power) {
    const size_t half = plan->points / 2;
    const float scale = plan->power_scale;
    const turns turn = {plan->turns, 1};
    const floats8 sum = halves[0].real + halves[0].imaginary, difference = halves[0].real - halves[0].imaginary;
    power[0] = sum * sum * scale;
    power[half] = difference * difference * scale;
    for (size_t index = 1; index <= half / 2; index++) {
        const complex8 a = halves[index], b = {halves[half - index].real, -halves[half - index].imaginary};
        const complex8 even = a + b, odd = times_i((a - b) * turn[index]);
        // Both sums are twice the spectrum's value.
        power[index] = power_of(even - odd) * (scale / 4);
        power[half - index] = power_of(even + odd) * (scale / 4);
    }
}

/// Natural logarithms of positive numbers, to the precision of float32.
///
/// A number is 2^n (1 + f) with 1 + f between √½ and √2. The logarithm of 1 + f is that of (1 + s) / (1 − s) for
/// s = f / (2 + f), whose series in odd powers of s converges fast.
ALWAYS_INLINE floats8 logarithm_of(floats8 values) {
    const floats8 least_normal = floats8{} + 1.17549435e-38f;
    values = larger(values, least_normal);
    // Moved so that the exponent changes at √½ and not at 1.
    const integers8 root = integers8{} + 0x3f3504f3;
    integers8 bits;
    std::memcpy(&bits, &values, sizeof bits);
    bits -= root;
    const integers8 exponent = bits >> 23;
    const integers8 rest = bits - (exponent << 23) + root;
    floats8 mantissa;
    std::memcpy(&mantissa, &rest, sizeof mantissa);
    const floats8 f = mantissa - 1.0f, s = f / (f + 2.0f), square = s * s;
    floats8 series = square * (2.0f / 9) + 2.0f / 7;
    series = series * square + 2.0f / 5;
    series = series * square + 2.0f / 3;
    const floats8 turn = __builtin_convertvector(exponent, floats8);
    // ln 2 in two parts, so that the first product is exact.
    return turn * 0.693359375f + (turn * -2.1219444e-4f + (series * square * s + 2.0f * s));
}

ALWAYS_INLINE floats8 level_of(floats8 energies, kernel_logarithm logarithm) {
    if (logarithm == KERNEL_NATURAL_LOGARITHM) {
        return logarithm_of(energies == 0.0f ? floats8{} + 2.22044605e-16f : energies);
    }
    return logarithm_of(larger(energies, floats8{} + 1e-10f)) * 4.34294482f;
}

constexpr float dynamic_range = 80;

void mel_energies(const kernel_mel_plan *plan, const float *sound, size_t rounds, float *memory, float *energies) {
    const uintptr_t misaligned = reinterpret_cast<uintptr_t>(memory) % sizeof(floats8);
    floats8 *const frames = reinterpret_cast<floats8 *>(memory + (misaligned ? (sizeof(floats8) - misaligned) / sizeof(float) : 0));
    // Neighbouring samples are taken for the real and the imaginary part of one number.
    complex8 *const numbers = reinterpret_cast<complex8 *>(frames);
    complex8 *const spare = numbers + plan->points / 2;
    floats8 *const power = frames + 2 * plan->points;
    for (size_t round = 0; round < rounds; round++) {
        load_frames(plan, sound + round * lanes * plan->step, frames);
        write_power(plan, transform(numbers, spare, plan->points / 2, {plan->turns, 2}), power);
        float *const target = energies + round * (plan->bands + 1) * lanes;
        const float *weight = plan->weights;
        for (size_t band = 0; band < plan->bands; band++) {
            const floats8 *points = power + plan->filters[2 * band];
            const size_t count = plan->filters[2 * band + 1];
            floats8 sum = {};
            for (size_t i = 0; i < count; i++) sum += points[i] * weight[i];
            weight += count;
            store8(sum, target + band * lanes);
        }
        floats8 whole = {};
        for (size_t i = 0; i <= plan->points / 2; i++) whole += power[i];
        store8(whole, target + plan->bands * lanes);
    }
}

void cepstrum(float *energies, size_t frames, size_t bands, kernel_logarithm logarithm, const float *cosines,
                     size_t coefficients, bool begins_with_energy, float *target, size_t stride) {
    const size_t rounds = (frames + lanes - 1) / lanes;
    floats8 loudest = floats8{} - __builtin_inff();
    for (size_t round = 0; round < rounds; round++) {
        float *const levels = energies + round * (bands + 1) * lanes;
        floats8 highest = loudest;
        for (size_t band = 0; band <= bands; band++) {
            const floats8 level = level_of(load8(levels + band * lanes), logarithm);
            store8(level, levels + band * lanes);
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
    const floats8 floor = floats8{} + (logarithm == KERNEL_DECIBELS ? top - dynamic_range : -__builtin_inff());

    constexpr size_t group = 4, block = 16;
    for (size_t round = 0; round < rounds; round++) {
        float *const levels = energies + round * (bands + 1) * lanes;
        const size_t present = frames - round * lanes < lanes ? frames - round * lanes : lanes;
        for (size_t band = 0; band < bands; band++) {
            store8(larger(load8(levels + band * lanes), floor), levels + band * lanes);
        }
        for (size_t first = 0; first < coefficients; first += group) {
            // Several sums at a time, so that none waits for itself.
            const size_t count = coefficients - first < group ? coefficients - first : group;
            floats8 sums[group] = {};
            const float *rows[group];
            for (size_t i = 0; i < group; i++) rows[i] = cosines + (first + (i < count ? i : 0)) * bands;
            // By blocks, so that rounding errors do not add up over all bands.
            for (size_t begin = 0; begin < bands; begin += block) {
                const size_t end = begin + block < bands ? begin + block : bands;
                floats8 parts[group] = {};
                for (size_t band = begin; band < end; band++) {
                    const floats8 level = load8(levels + band * lanes);
                    for (size_t i = 0; i < group; i++) parts[i] += level * rows[i][band];
                }
                for (size_t i = 0; i < group; i++) sums[i] += parts[i];
            }
            if (first == 0 && begins_with_energy) sums[0] = larger(load8(levels + bands * lanes), floor);
            for (size_t i = 0; i < count; i++) {
                for (size_t lane = 0; lane < present; lane++) {
                    target[(round * lanes + lane) * stride + first + i] = sums[i][lane];
                }
            }
        }
    }
}

}  // namespace
