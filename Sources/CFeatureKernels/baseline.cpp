// What every processor of its kind has: SSE2 or NEON.

#include "mel.hpp"

const feature_kernels feature_kernels_for_baseline = {mel_energies, cepstrum};
