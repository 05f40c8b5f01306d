#pragma once
#include "product.hpp"
namespace {
const kernel_normalizations normalizations = {};
}
