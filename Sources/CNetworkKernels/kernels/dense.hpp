#pragma once
#include "product.hpp"
namespace {
const kernel_dense_layers dense_layers = {};
}
