#include "naive_convolution.hpp"

namespace {

/// What convolutions of every kind are not asked: rescaling alone, and the bias's gradient under a mask.
void check_rest(const kernel_convolutions &kernels, const kernel_convolution &shape, size_t threads,
                const std::string &what, double tolerance) {
    NaiveConvolution naive(shape);
    ScratchMemory scratch(kernels.scratch(&shape, threads));
    std::vector<float> memory(kernels.packed_count(&shape) + 16);
    float *packed = memory.data();
    while (reinterpret_cast<uintptr_t>(packed) % 64) ++packed;
    kernels.pack(&shape, false, naive.weights.data(), packed, threads);
    const kernel_epilogue epilogue{nullptr, false, naive.scale.data(), naive.shift.data()};
    Activations result(shape.type, NaiveConvolution::outputs(shape));
    kernels.forward(&shape, naive.source.data(), packed, &epilogue, result.data(), scratch.data(), threads);
    expect_near(result.results(), naive.forward(epilogue), result.tolerance(tolerance), what + " forward, rescaled");

    std::vector<float> weight_gradient(naive.weights.size(), -77), bias_gradient(naive.bias.size(), -77);
    kernels.weight_gradients(&shape, naive.source.data(), naive.gradient.data(), naive.mask.data(),
                             weight_gradient.data(), bias_gradient.data(), scratch.data(), threads);
    expect_near(weight_gradient, naive.weight_gradient(true), 2 * tolerance, what + " weight gradient with mask");
    expect_near(bias_gradient, naive.bias_gradient(true), 1e-6, what + " bias gradient with mask");
    scratch.expect_margin(what);
}

}  // namespace

void test_winograd(const kernel_set &set) {
    struct Size {
        size_t batch, height, width, inputs, outputs;
    };
    const size_t lanes = set.lanes;
    const Size sizes[] = {
        {2, 28, 28, lanes, 2 * lanes}, {5, 14, 14, 2 * lanes, lanes},   {3, 7, 7, 3 * lanes, 3 * lanes},
        {1, 5, 9, lanes, lanes},       {9, 1, 4, 2 * lanes, 4 * lanes}, {1, 13, 2, lanes, 5 * lanes},
    };
    const auto check = [&](const Size &s, kernel_element_type type, size_t threads) {
        const kernel_convolution shape{s.batch,  s.height,  s.width, s.inputs, s.height, s.width,
                                       s.outputs, 3, 3, 1, 1, type};
        const std::string what = std::string(set.name) + " Winograd " + std::to_string(s.batch) + "×" +
                                 std::to_string(s.height) + "×" + std::to_string(s.width) + "×" +
                                 std::to_string(s.inputs) + " to " + std::to_string(s.outputs) + ", " +
                                 name_of(type) + ", threads " + std::to_string(threads);
        check_convolution(set.winograd, shape, threads, what, 5e-6);
        if (threads == 2) check_rest(set.winograd, shape, threads, what, 5e-6);
    };
    for (const Size &s : sizes) {
        for (size_t threads = 1; threads <= 3; ++threads) check(s, kernel_float32, threads);
        for (size_t threads = 1; threads <= 2; ++threads) check(s, kernel_bfloat16, threads);
    }
    // More tiles than are transformed in one go, and than a thread takes at once.
    check({45, 14, 16, lanes, lanes}, kernel_float32, 2);
}
