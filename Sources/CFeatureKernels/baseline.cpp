// What every processor of its kind has: SSE2 or NEON.

#define LANES 8
#include "mel.hpp"

const feature_kernels feature_kernels_for_baseline = {lanes, mel_energies, cepstrum};
