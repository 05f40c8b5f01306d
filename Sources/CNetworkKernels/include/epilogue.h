#pragma once

#include <stdbool.h>

/// What is done to each result of a convolution or a dense layer: plus its channel's bias, max(·, 0) if `relu`, times its
/// channel's scale, plus its channel's shift. Bias may be NULL for 0; scale and shift for 1 and 0, together.
typedef struct {
    const float *bias;
    bool relu;
    const float *scale, *shift;
} kernel_epilogue;
