// Checks the kernels of every instruction set that this processor has against plain loops in float64. It needs nothing but
// a C++ compiler, so that it also runs where Swift does not: `make test-arm64` runs it under qemu.

#include "check.hpp"

void test_convolutions(const kernel_set &);
void test_winograd(const kernel_set &);
void test_dense(const kernel_set &);
void test_normalization(const kernel_set &);
void test_pooling(const kernel_set &);
void test_elementwise(const kernel_set &);
void test_features();

int main() {
    static const char *const names[] = {"baseline", "AVX2", "AVX-512", "AVX-512 with bfloat16"};
    std::vector<std::string> missing;
    for (int i = 0; i < kernel_instruction_set_count; ++i) {
        const kernel_set *set = kernel_set_for(kernel_instruction_set(i));
        if (!set) {
            missing.push_back(names[i]);
            continue;
        }
        const int before = tally.passed + tally.failed;
        test_convolutions(*set);
        test_winograd(*set);
        test_dense(*set);
        test_normalization(*set);
        test_pooling(*set);
        test_elementwise(*set);
        std::printf("%s: %d comparisons\n", set->name, tally.passed + tally.failed - before);
    }
    const int before = tally.passed + tally.failed;
    test_features();
    std::printf("audio features: %d comparisons\n", tally.passed + tally.failed - before);
    for (const std::string &name : missing) std::printf("not tested, this processor lacks it: %s\n", name.c_str());
    std::printf("%d passed, %d failed\n", tally.passed, tally.failed);
    return tally.failed > 0;
}
