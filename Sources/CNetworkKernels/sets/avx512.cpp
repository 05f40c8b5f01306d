// x86-64 with AVX-512.

#include "../kernels/standard.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#define LANES 16
#define REGISTERS 32

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"))), apply_to = function)
#else
#pragma GCC target("arch=x86-64-v4")
#endif

#include "../kernels/set.hpp"

#if defined(__clang__)
#pragma clang attribute pop
#endif

extern const kernel_set kernels_for_avx512;
const kernel_set kernels_for_avx512 = KERNEL_SET("AVX-512");

#endif
