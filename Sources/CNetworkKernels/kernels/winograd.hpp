#pragma once
#include "product.hpp"
namespace {
const kernel_convolutions winograd_convolutions = {};
}
