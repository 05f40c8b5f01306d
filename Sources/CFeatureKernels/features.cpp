// Picks the kernels for the processor, or those that DUET_MAX_CPU_ISA allows, as the engine does.

#include <cstdlib>

#include "set.hpp"

static const feature_kernels &kernels() {
#if defined(__x86_64__)
    static const feature_kernels &best = []() -> const feature_kernels & {
        __builtin_cpu_init();
        const char *const limit = std::getenv("DUET_MAX_CPU_ISA");
        const bool only_sse2 = limit && std::strcmp(limit, "SSE2") == 0, only_avx2 = limit && std::strcmp(limit, "AVX2") == 0;
        if (__builtin_cpu_supports("x86-64-v4") && !only_sse2 && !only_avx2) return feature_kernels_for_avx512;
        if (__builtin_cpu_supports("x86-64-v3") && !only_sse2) return feature_kernels_for_avx2;
        return feature_kernels_for_baseline;
    }();
    return best;
#else
    return feature_kernels_for_baseline;
#endif
}

size_t kernel_mel_lanes(void) { return kernels().lanes; }

size_t kernel_mel_memory(const kernel_mel_plan *plan) {
    return memory_for(kernels(), plan);
}

void kernel_mel_energies(const kernel_mel_plan *plan, const float *sound, size_t rounds, float *memory, float *energies) {
    kernels().mel_energies(plan, sound, rounds, memory, energies);
}

void kernel_cepstrum(float *energies, size_t frames, size_t bands, kernel_logarithm logarithm, const float *cosines,
                     size_t coefficients, bool begins_with_energy, float *target, size_t stride) {
    kernels().cepstrum(energies, frames, bands, logarithm, cosines, coefficients, begins_with_energy, target, stride);
}
