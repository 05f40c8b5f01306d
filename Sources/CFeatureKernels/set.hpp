#pragma once
// The kernels for one instruction set.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "include/CFeatureKernels.h"

struct feature_kernels {
    /// How many frames are computed at a time.
    size_t lanes;
    decltype(&kernel_mel_energies) mel_energies;
    decltype(&kernel_cepstrum) cepstrum;
};

extern const feature_kernels feature_kernels_for_baseline, feature_kernels_for_avx2, feature_kernels_for_avx512;

/// How many floats of memory these kernels work in.
inline size_t memory_for(const feature_kernels &kernels, const kernel_mel_plan *plan) {
    // Two buffers of half as many complex numbers as points, the spectrum, and room to align them.
    return kernels.lanes * (2 * plan->points + plan->points / 2 + 2);
}
