#pragma once
// What kernels take from elsewhere. It is included before an instruction set is switched on, so that what the linker may
// share with other code runs on any processor.

#include "CNetworkKernels.h"
#include "parallel.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>
