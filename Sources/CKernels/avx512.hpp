#pragma once
// The package is compiled for any x86-64. What lies between these two marks is compiled for AVX-512, and called only where
// the processor has it.

#define AVX512_BEGIN \
    _Pragma("clang attribute push(__attribute__((target(\"arch=x86-64-v4\"))), apply_to = function)")
/// The same with the instructions for bfloat16.
#define AVX512_BF16_BEGIN \
    _Pragma("clang attribute push(__attribute__((target(\"arch=x86-64-v4,avx512bf16\"))), apply_to = function)")
#define AVX512_END _Pragma("clang attribute pop")

/// Vectors in registers must not cross a call.
#define AVX512_INLINE static inline __attribute__((always_inline))
#define AVX512_INLINE_MEMBER inline __attribute__((always_inline))

/// Before a loop over registers: rolled up, its array would lie in memory.
#define AVX512_UNROLL _Pragma("clang loop unroll(full)")
