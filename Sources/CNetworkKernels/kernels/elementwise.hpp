#pragma once
#include "product.hpp"
namespace {
const kernel_elementwise elementwise = {};
}
