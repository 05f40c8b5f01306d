#pragma once
// The costly part of mel-frequency cepstral coefficients, several frames at a time: power spectra, mel bands, logarithms,
// cosine transform. All instruction sets give the same bits.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// How many frames are computed at a time, a round: sixteen with AVX-512, else eight.
size_t kernel_mel_lanes(void);

/// How a sound's frames become the energies of mel bands.
typedef struct {
    /// Points of the Fourier transform, an even number.
    size_t points;
    /// What a frame's samples are multiplied with; `window_length` values, at most `points`.
    const float *window;
    size_t window_length;
    /// From one frame's first sample to that of the next.
    size_t step;
    /// cos and −sin of 2π index / points, in turn, for each index below `points`.
    const float *turns;
    /// What the powers are multiplied with.
    float power_scale;
    size_t bands;
    /// For each band the first point of the spectrum that has a weight, and how many have one.
    const uint32_t *filters;
    /// These weights, one band after another.
    const float *weights;
} kernel_mel_plan;

/// How many floats of memory `kernel_mel_energies` works in.
size_t kernel_mel_memory(const kernel_mel_plan *plan);

/// The energies of the bands in so many rounds of frames, and behind them that of the whole spectrum:
/// energies[round, band, lane] with `bands` + 1 bands. The sound has (lanes · rounds − 1) step + window_length samples.
void kernel_mel_energies(const kernel_mel_plan *plan, const float *sound, size_t rounds, float *memory, float *energies);

/// How energies become levels.
typedef enum {
    /// The natural logarithm; that of 2⁻⁵² where there is no energy.
    KERNEL_NATURAL_LOGARITHM,
    /// Decibels, from 1e-10 up and at most 80 below the loudest band of all frames.
    KERNEL_DECIBELS,
} kernel_logarithm;

/// The coefficients of `frames` frames: target[frame * stride + coefficient] = the sum over all bands of cosines[coefficient,
/// band] times the band's level. With `begins_with_energy`, the first is the level of the whole spectrum. The energies become levels.
void kernel_cepstrum(float *energies, size_t frames, size_t bands, kernel_logarithm logarithm, const float *cosines,
                     size_t coefficients, bool begins_with_energy, float *target, size_t stride);

#ifdef __cplusplus
}
#endif
