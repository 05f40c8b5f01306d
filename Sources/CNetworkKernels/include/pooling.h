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

/// Windows of [pool][pool] that begin `strides` apart, over [batch][height][width][channels]. The first one begins
/// `padding_top` rows above the source and `padding_left` columns left of it, both less than `pool`. Places outside of
/// the source do not count, and every window has one inside.
typedef struct {
    size_t batch, height, width, channels, output_height, output_width, pool, strides, padding_top, padding_left;
    kernel_element_type type;
} kernel_average_pooling;

typedef struct {
    /// The largest value of each window; of equal ones the first. A NaN is the largest. `places` says where each was, in its
    /// window's order of rows; NULL where nobody asks.
    void (*maximum)(const kernel_pooling *shape, const void *source, void *destination, uint8_t *places, size_t threads);
    /// Sends each gradient where the maximum was, and zeros everywhere else.
    void (*maximum_gradient)(const kernel_pooling *shape, const void *destination_gradient, const uint8_t *places,
                             void *source_gradient, size_t threads);
    /// The mean of each window.
    void (*average)(const kernel_average_pooling *shape, const void *source, void *destination, size_t threads);
    /// Sends each gradient to its window's places in equal shares.
    void (*average_gradient)(const kernel_average_pooling *shape, const void *destination_gradient,
                             void *source_gradient, size_t threads);
} kernel_poolings;
