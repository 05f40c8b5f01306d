#pragma once
#include "product.hpp"
namespace {
const kernel_poolings poolings = {};
}
