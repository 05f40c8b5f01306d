#include "check.hpp"

namespace {

/// Batch normalization by the definition, in float64.
struct Naive {
    size_t rows, channels;
    std::vector<double> mean, variance;

    Naive(size_t rows, size_t channels, const std::vector<float> &x)
        : rows(rows), channels(channels), mean(channels), variance(channels) {
        for (size_t i = 0; i < x.size(); ++i) mean[i % channels] += x[i] / double(rows);
        for (size_t i = 0; i < x.size(); ++i) variance[i % channels] += std::pow(x[i] - mean[i % channels], 2) / double(rows);
    }
};

void check(const kernel_set &set, size_t rows, size_t channels, kernel_element_type type, size_t threads) {
    const std::string what = std::string(set.name) + " normalization " + std::to_string(rows) + "×" +
                             std::to_string(channels) + ", " + name_of(type) + ", threads " + std::to_string(threads);
    const kernel_rows shape{rows, channels, type};
    const auto &kernels = set.normalization;
    Activations x(type, noise(rows * channels, 1)), dy(type, noise(rows * channels, 2));
    const auto gamma = noise(channels, 3), beta = noise(channels, 4);
    const float epsilon = 1e-3f;
    const Naive naive(rows, channels, x.values);
    ScratchMemory scratch(kernels.scratch(&shape));

    std::vector<float> mean(channels), variance(channels), scale(channels), shift(channels);
    kernels.statistics(&shape, x.data(), mean.data(), variance.data(), scratch.data(), threads);
    expect_near(mean, naive.mean, 1e-6, what + " mean");
    expect_near(variance, naive.variance, 1e-6, what + " variance");

    kernels.factors(channels, mean.data(), variance.data(), gamma.data(), beta.data(), epsilon, scale.data(), shift.data());
    Activations y(type, rows * channels);
    kernels.rescale(&shape, x.data(), scale.data(), shift.data(), y.data(), threads);
    std::vector<double> expected(rows * channels);
    const auto inverse = [&](size_t c) { return 1 / std::sqrt(naive.variance[c] + epsilon); };
    const auto normal = [&](size_t i) { return (x.values[i] - naive.mean[i % channels]) * inverse(i % channels); };
    for (size_t i = 0; i < expected.size(); ++i) expected[i] = gamma[i % channels] * normal(i) + beta[i % channels];
    expect_near(y.results(), expected, x.tolerance(2e-6), what + " forward");

    // dx = gamma / sqrt(variance) · (dy - mean(dy) - normal · mean(dy · normal)).
    std::vector<double> beta_gradient(channels), gamma_gradient(channels);
    for (size_t i = 0; i < expected.size(); ++i) {
        beta_gradient[i % channels] += dy.values[i];
        gamma_gradient[i % channels] += dy.values[i] * normal(i);
    }
    for (bool masks : {false, true}) {
        for (size_t i = 0; i < expected.size(); ++i) {
            const size_t c = i % channels;
            expected[i] = masks && x.values[i] <= 0 ? 0
                                                    : gamma[c] * inverse(c) *
                                                          (dy.values[i] - beta_gradient[c] / double(rows) -
                                                           normal(i) * gamma_gradient[c] / double(rows));
        }
        // In place, as it is used.
        Activations dx = dy;
        std::vector<float> dgamma(channels), dbeta(channels);
        kernels.gradients(&shape, x.data(), dx.data(), mean.data(), variance.data(), gamma.data(), epsilon, masks,
                          dx.data(), dgamma.data(), dbeta.data(), scratch.data(), threads);
        expect_near(dx.results(), expected, x.tolerance(5e-6), what + (masks ? " gradient with mask" : " gradient"));
        expect_near(dgamma, gamma_gradient, 1e-6, what + " gamma's gradient");
        expect_near(dbeta, beta_gradient, 1e-6, what + " beta's gradient");
    }
    scratch.expect_margin(what);
}

}  // namespace

void test_normalization(const kernel_set &set) {
    // All kernels of the family: one more does not compile until it is named here, and tested.
    [[maybe_unused]] const auto &[scratch_bytes, statistics, factors, rescale, gradients] = set.normalization;
    for (kernel_element_type type : {kernel_float32, kernel_bfloat16})
        for (size_t threads = 1; threads <= 3; ++threads)
            for (auto [rows, channels] : {std::pair<size_t, size_t>{6000, 32}, {700, 64}, {33, 10}, {5, 3}, {32, 513}})
                check(set, rows, channels, type, threads);
    // Statistics do not depend on the number of threads.
    const kernel_rows shape{6000, 32, kernel_float32};
    const auto x = noise(6000 * 32, 9);
    ScratchMemory scratch(set.normalization.scratch(&shape));
    std::vector<float> mean[2], variance[2];
    for (size_t threads = 1; threads <= 2; ++threads) {
        mean[threads - 1].resize(32);
        variance[threads - 1].resize(32);
        set.normalization.statistics(&shape, x.data(), mean[threads - 1].data(), variance[threads - 1].data(),
                                     scratch.data(), threads);
    }
    expect(mean[0] == mean[1] && variance[0] == variance[1], "statistics depend on the number of threads");
}
