#pragma once

#include "element_type.h"

#include <stddef.h>
#include <stdint.h>

/// Windows of [pool_height][pool_width] that do not overlap, over [batch][height][width][channels]. A last incomplete
/// row or column of them is dropped. A window has at most 256 places.
typedef struct {
    size_t batch, height, width, channels, pool_height, pool_width;
    kernel_element_type type;
} kernel_pooling;

typedef struct {
    /// The largest value of each window; of equal ones the first. A NaN is the largest. `places` says where each was, in its
    /// window's order of rows; NULL where nobody asks.
    void (*maximum)(const kernel_pooling *shape, const void *source, void *destination, uint8_t *places, size_t threads);
    /// Sends each gradient where the maximum was, and zeros everywhere else.
    void (*maximum_gradient)(const kernel_pooling *shape, const void *destination_gradient, const uint8_t *places,
                             void *source_gradient, size_t threads);
} kernel_poolings;
