#pragma once
// The package is compiled for any x86-64. What lies between these two marks is compiled for AVX-512, and called only
// where the processor has it.

#define WINOGRAD_BEGIN \
    _Pragma("clang attribute push(__attribute__((target(\"arch=x86-64-v4\"))), apply_to = function)")
#define WINOGRAD_END _Pragma("clang attribute pop")

/// Vectors in registers must not cross a call.
#define WINOGRAD_INLINE static inline __attribute__((always_inline))
#define WINOGRAD_INLINE_MEMBER inline __attribute__((always_inline))

/// Before a loop over registers: rolled up, its array would lie in memory.
#define WINOGRAD_UNROLL _Pragma("clang loop unroll(full)")
