// Any processor that Swift runs on: SSE2 on x86-64, NEON on arm64.

#include "../kernels/standard.hpp"

#define LANES 4
#if defined(__aarch64__)
#define REGISTERS 32
#define SET_NAME "NEON"
#else
#define REGISTERS 16
#define SET_NAME "SSE2"
#endif

#include "../kernels/set.hpp"

extern const kernel_set kernels_for_baseline;
const kernel_set kernels_for_baseline = KERNEL_SET(SET_NAME);
