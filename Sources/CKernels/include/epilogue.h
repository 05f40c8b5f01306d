#pragma once

#include <stdbool.h>

/// What is done to each result of a layer in inference: max(·, 0) if `relu`, then times its channel's scale, plus its
/// channel's shift. NULL for 1 and 0.
typedef struct {
    bool relu;
    const float *scale, *shift;
} kernel_epilogue;
