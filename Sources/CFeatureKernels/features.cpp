// Picks the kernels for the processor, or those that DUET_MAX_CPU_ISA allows, as the engine does.

#include <cstdlib>

#include "set.hpp"

static const feature_kernels &kernels() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    static const char *const limit = std::getenv("DUET_MAX_CPU_ISA");
    static const bool has_avx2 =
        __builtin_cpu_supports("x86-64-v3") && !(limit && std::strcmp(limit, "SSE2") == 0);
    return has_avx2 ? feature_kernels_for_avx2 : feature_kernels_for_baseline;
#else
    return feature_kernels_for_baseline;
#endif
}

size_t kernel_mel_memory(const kernel_mel_plan *plan) {
    // Two buffers of half as many complex numbers as points, the spectrum, and room to align them.
    return KERNEL_MEL_LANES * (2 * plan->points + plan->points / 2 + 2);
}

void kernel_mel_energies(const kernel_mel_plan *plan, const float *sound, size_t rounds, float *memory, float *energies) {
    kernels().mel_energies(plan, sound, rounds, memory, energies);
}

void kernel_cepstrum(float *energies, size_t frames, size_t bands, kernel_logarithm logarithm, const float *cosines,
                     size_t coefficients, bool begins_with_energy, float *target, size_t stride) {
    kernels().cepstrum(energies, frames, bands, logarithm, cosines, coefficients, begins_with_energy, target, stride);
}
