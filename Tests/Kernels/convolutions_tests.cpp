#include "naive_convolution.hpp"

namespace {

/// One convolution's arrays and scratch memory, on a number of threads.
struct Subject {
    const kernel_convolutions &kernels;
    NaiveConvolution &naive;
    size_t threads;
    std::string what;
    double tolerance;
    ScratchMemory scratch;

    Subject(const kernel_convolutions &kernels, NaiveConvolution &naive, size_t threads, std::string what,
            double tolerance)
        : kernels(kernels), naive(naive), threads(threads), what(std::move(what)), tolerance(tolerance),
          scratch(kernels.scratch(&naive.shape, threads)) {}

    /// The packed weights, at a cache line.
    struct Packed {
        std::vector<float> memory;
        float *values;
        Packed(const Subject &s, bool turned) : memory(s.kernels.packed_count(&s.naive.shape) + 16) {
            values = memory.data();
            while (reinterpret_cast<uintptr_t>(values) % 64) ++values;
            s.kernels.pack(&s.naive.shape, turned, s.naive.weights.data(), values, s.threads);
        }
    };

    void forward(const kernel_epilogue &epilogue, const std::string &with) {
        const Packed packed(*this, false);
        const auto run = [&] {
            Activations result(naive.shape.type, NaiveConvolution::outputs(naive.shape));
            kernels.forward(&naive.shape, naive.source.data(), packed.values, &epilogue, result.data(), scratch.data(),
                            threads);
            return result.results();
        };
        const auto first = run();
        expect_near(first, naive.forward(epilogue), naive.source.tolerance(tolerance), what + " forward" + with);
        expect(first == run(), what + " forward gives the same bits twice");
    }

    void source_gradient(bool is_masked) {
        const Packed packed(*this, true);
        Activations result(naive.shape.type, naive.source.values.size());
        kernels.source_gradient(&naive.shape, naive.gradient.data(), is_masked ? naive.mask.data() : nullptr,
                                packed.values, result.data(), scratch.data(), threads);
        expect_near(result.results(), naive.source_gradient(is_masked), naive.source.tolerance(tolerance),
                    what + " source gradient" + (is_masked ? " with mask" : ""));
    }

    void weight_gradients(bool is_masked, bool has_bias) {
        const auto run = [&](std::vector<float> &bias) {
            std::vector<float> result(naive.weights.size(), -77);
            kernels.weight_gradients(&naive.shape, naive.source.data(), naive.gradient.data(),
                                     is_masked ? naive.mask.data() : nullptr, result.data(),
                                     has_bias ? bias.data() : nullptr, scratch.data(), threads);
            return result;
        };
        std::vector<float> bias(naive.bias.size(), -77), again(naive.bias.size(), -77);
        const auto first = run(bias);
        const std::string which = is_masked ? " with mask" : "";
        expect_near(first, naive.weight_gradient(is_masked), 2 * tolerance, what + " weight gradient" + which);
        if (has_bias) expect_near(bias, naive.bias_gradient(is_masked), 1e-6, what + " bias gradient" + which);
        expect(first == run(again) && (!has_bias || bias == again), what + " weight gradients give the same bits twice");
    }
};

}  // namespace

void check_convolution(const kernel_convolutions &kernels, const kernel_convolution &shape, size_t threads,
                       const std::string &what, double tolerance) {
    NaiveConvolution naive(shape);
    Subject subject(kernels, naive, threads, what, tolerance);
    subject.forward({naive.bias.data(), true, nullptr, nullptr}, " with bias and ReLU");
    subject.forward({}, "");
    subject.forward({naive.bias.data(), true, naive.scale.data(), naive.shift.data()}, " with bias, ReLU and rescaling");
    subject.source_gradient(false);
    subject.source_gradient(true);
    subject.weight_gradients(false, true);
    subject.weight_gradients(true, false);
    subject.scratch.expect_margin(what);
}

void test_convolutions(const kernel_set &set) {
    // All kernels of the family: one more does not compile until it is named here, and tested.
    [[maybe_unused]] const auto &[packed_count, pack, scratch, forward, source_gradient, weight_gradients] = set.direct;
    struct Size {
        size_t batch, height, width, inputs, outputs, kernel_height, kernel_width, top, left;
        bool is_same;
    };
    const Size sizes[] = {
        {3, 9, 7, 1, 32, 3, 3, 1, 1, true},    {2, 5, 6, 3, 10, 3, 3, 0, 0, false},
        {1, 8, 8, 16, 16, 5, 5, 2, 2, true},   {4, 1, 50, 1, 16, 1, 2, 0, 0, false},
        {3, 1, 33, 16, 32, 1, 2, 0, 0, false}, {1, 1, 700, 4, 5, 1, 4, 0, 1, true},
        {1, 1, 33, 20, 64, 1, 1, 0, 0, true},  {1, 1, 7, 64, 10, 1, 1, 0, 0, true},
        {2, 3, 4, 5, 7, 1, 1, 0, 0, true},     {1, 2, 2, 3, 4, 2, 2, 0, 0, true},
        {9, 40, 40, 8, 24, 3, 3, 1, 1, true},  {2, 1, 20, 8, 40, 1, 7, 0, 3, true},
    };
    for (const Size &s : sizes) {
        for (kernel_element_type type : {kernel_float32, kernel_bfloat16}) {
            for (size_t threads = 1; threads <= 3; ++threads) {
                const kernel_convolution shape{
                    s.batch,
                    s.height,
                    s.width,
                    s.inputs,
                    s.is_same ? s.height : s.height - s.kernel_height + 1,
                    s.is_same ? s.width : s.width - s.kernel_width + 1,
                    s.outputs,
                    s.kernel_height,
                    s.kernel_width,
                    s.top,
                    s.left,
                    type,
                };
                const std::string what = std::string(set.name) + " convolution " + std::to_string(s.batch) + "×" +
                                         std::to_string(s.height) + "×" + std::to_string(s.width) + "×" +
                                         std::to_string(s.inputs) + " to " + std::to_string(s.outputs) + ", " +
                                         name_of(type) + ", threads " + std::to_string(threads);
                check_convolution(set.direct, shape, threads, what, 2e-6);
            }
        }
    }
}
