#pragma once
// Puts all kernels together. Included once for each instruction set, between the marks that switch it on.

#include "CNetworkKernels.h"

#include "convolution.hpp"
#include "dense.hpp"
#include "elementwise.hpp"
#include "normalization.hpp"
#include "pooling.hpp"
#include "winograd.hpp"

#define KERNEL_SET(name) \
    { name, lanes, fuses_multiply_adds, direct_convolutions, winograd_convolutions, dense_layers, normalizations, poolings, elementwise }
