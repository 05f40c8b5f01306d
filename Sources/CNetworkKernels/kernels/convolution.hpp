#pragma once
#include "product.hpp"
namespace {
const kernel_convolutions direct_convolutions = {};
}
