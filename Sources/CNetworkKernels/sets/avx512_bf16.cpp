// x86-64 with AVX-512 and its products of bfloat16 numbers.

#include "../kernels/standard.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#define LANES 16
#define REGISTERS 32
#define HAS_BFLOAT16_PRODUCTS

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,avx512bf16"))), apply_to = function)
#else
#pragma GCC target("arch=x86-64-v4,avx512bf16")
#endif

#include "../kernels/set.hpp"

#if defined(__clang__)
#pragma clang attribute pop
#endif

extern const kernel_set kernels_for_avx512_bf16;
const kernel_set kernels_for_avx512_bf16 = KERNEL_SET("AVX-512 with bfloat16");

#endif
