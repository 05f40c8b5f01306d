// x86-64 with AVX2.

#include "set.hpp"

#if defined(__x86_64__)

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#else
#pragma GCC target("arch=x86-64-v3")
#endif

#define LANES 8
#include "mel.hpp"

#if defined(__clang__)
#pragma clang attribute pop
#endif

const feature_kernels feature_kernels_for_avx2 = {lanes, mel_energies, cepstrum};

#endif
