// x86-64 with AVX-512.

#include "set.hpp"

#if defined(__x86_64__)

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"))), apply_to = function)
#else
#pragma GCC target("arch=x86-64-v4")
#endif

#define LANES 16
#include "mel.hpp"

#if defined(__clang__)
#pragma clang attribute pop
#endif

const feature_kernels feature_kernels_for_avx512 = {lanes, mel_energies, cepstrum};

#endif
