#include "naive_convolution.hpp"

void test_winograd(const kernel_set &set) {
    struct Size {
        size_t batch, height, width, inputs, outputs;
    };
    const size_t lanes = set.lanes;
    const Size sizes[] = {
        {2, 28, 28, lanes, 2 * lanes}, {5, 14, 14, 2 * lanes, lanes},     {3, 7, 7, 3 * lanes, 3 * lanes},
        {1, 5, 9, lanes, lanes},       {9, 1, 4, 2 * lanes, 4 * lanes},   {1, 13, 2, lanes, 5 * lanes},
    };
    for (const Size &s : sizes) {
        for (kernel_element_type type : {kernel_float32, kernel_bfloat16}) {
            for (size_t threads = 1; threads <= 3; ++threads) {
                const kernel_convolution shape{s.batch, s.height,  s.width, s.inputs, s.height, s.width,
                                               s.outputs, 3, 3, 1, 1, type};
                const std::string what = std::string(set.name) + " Winograd " + std::to_string(s.batch) + "×" +
                                         std::to_string(s.height) + "×" + std::to_string(s.width) + "×" +
                                         std::to_string(s.inputs) + " to " + std::to_string(s.outputs) + ", " +
                                         name_of(type) + ", threads " + std::to_string(threads);
                check_convolution(set.winograd, shape, threads, what, 5e-6);
            }
        }
    }
}
