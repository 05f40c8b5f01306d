#include "check.hpp"

void test_elementwise(const kernel_set &) {}
