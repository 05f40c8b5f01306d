#include "check.hpp"

void test_normalization(const kernel_set &) {}
