// Which kernels this processor can run.

#include "CNetworkKernels.h"

extern const kernel_set kernels_for_baseline, kernels_for_avx2, kernels_for_avx512, kernels_for_avx512_bf16;

const kernel_set *kernel_set_for(kernel_instruction_set instruction_set) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    const bool avx2 = __builtin_cpu_supports("x86-64-v3"), avx512 = avx2 && __builtin_cpu_supports("x86-64-v4");
    switch (instruction_set) {
    case kernel_baseline: return &kernels_for_baseline;
    case kernel_avx2: return avx2 ? &kernels_for_avx2 : nullptr;
    case kernel_avx512: return avx512 ? &kernels_for_avx512 : nullptr;
    case kernel_avx512_bf16:
        return avx512 && __builtin_cpu_supports("avx512bf16") ? &kernels_for_avx512_bf16 : nullptr;
    case kernel_instruction_set_count: return nullptr;
    }
    return nullptr;
#else
    return instruction_set == kernel_baseline ? &kernels_for_baseline : nullptr;
#endif
}
