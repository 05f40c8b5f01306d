// x86-64 with AVX2 and fused multiply-adds.

#include "../kernels/standard.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#define LANES 8
#define REGISTERS 16

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#else
#pragma GCC target("arch=x86-64-v3")
#endif

#include "../kernels/set.hpp"

#if defined(__clang__)
#pragma clang attribute pop
#endif

extern const kernel_set kernels_for_avx2;
const kernel_set kernels_for_avx2 = KERNEL_SET("AVX2");

#endif
