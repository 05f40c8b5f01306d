#pragma once
// The kernels for one instruction set.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "include/CFeatureKernels.h"

struct feature_kernels {
    decltype(&kernel_mel_energies) mel_energies;
    decltype(&kernel_cepstrum) cepstrum;
};

extern const feature_kernels feature_kernels_for_baseline, feature_kernels_for_avx2;
