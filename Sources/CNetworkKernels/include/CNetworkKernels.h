#pragma once
// The loops that a network's operations run on, in one set for each instruction set, written once for vectors of any width.
//
// Activations lie as Keras has them, [batch][height][width][channels] with channels fastest, as float32 or bfloat16;
// weights in Keras's order too, always float32, and so are statistics and sums. What an array without a C type of its own
// holds is given beside it. All functions run on at most `threads` threads, with scratch memory for that many, and may be
// called on several threads at once. The same number of threads gives the same bits.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "activation.h"
#include "convolution.h"
#include "dense.h"
#include "elementwise.h"
#include "normalization.h"
#include "pooling.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The instruction sets that kernels are compiled for, each a superset of those before it. On arm64 there is one, NEON,
/// which is the baseline.
typedef enum {
    kernel_baseline,
    kernel_avx2,
    kernel_avx512,
    /// AVX-512 with instructions for bfloat16.
    kernel_avx512_bf16,
    kernel_instruction_set_count,
} kernel_instruction_set;

/// All kernels for one instruction set.
typedef struct {
    /// As people write it, such as "AVX2".
    const char *name;
    /// The float32 numbers of a vector.
    size_t lanes;
    /// Whether a product and a sum are rounded once, together.
    bool fuses_multiply_adds;
    kernel_convolutions direct;
    /// 3×3 with stride 1 by Winograd's algorithm F(4×4, 3×3) (Lavin & Gray 2016): 36 products for 16 outputs instead of 144.
    kernel_convolutions winograd;
    kernel_dense_layers dense;
    kernel_normalizations normalization;
    kernel_poolings pooling;
    kernel_elementwise elementwise;
} kernel_set;

/// The kernels for an instruction set; NULL where this processor lacks it.
const kernel_set *kernel_set_for(kernel_instruction_set instruction_set);

/// Zeroed memory that begins at a cache line, in huge pages where it is large; NULL where there is none left. To be freed
/// with the same number of bytes.
void *kernel_allocate(size_t bytes);
void kernel_free(void *memory, size_t bytes);

/// From now on, memory of up to 32 MB that is freed stays with the process for what comes next, which then costs no new pages.
void kernel_reuse_freed_memory(void);

#ifdef __cplusplus
}
#endif
