#include "check.hpp"

namespace {

void check(const kernel_set &set, const kernel_pooling &s, size_t threads) {
    const std::string what = std::string(set.name) + " max pooling " + std::to_string(s.height) + "×" +
                             std::to_string(s.width) + "×" + std::to_string(s.channels) + ", " + name_of(s.type) +
                             ", threads " + std::to_string(threads);
    const size_t height = s.height / s.pool_height, width = s.width / s.pool_width;
    const size_t outputs = s.batch * height * width * s.channels;
    Activations x(s.type, noise(s.batch * s.height * s.width * s.channels, 1)), dy(s.type, noise(outputs, 2));
    x.values[0] = x.values[s.channels];  // equal ones: the first counts
    x = Activations(s.type, x.values);
    std::vector<double> expected(outputs), gradient(x.values.size());
    for (size_t i = 0; i < outputs; ++i) {
        const size_t c = i % s.channels, column = i / s.channels % width, row = i / s.channels / width % height;
        const size_t image = i / s.channels / width / height;
        size_t best = size_t(-1);
        for (size_t y = 0; y < s.pool_height; ++y)
            for (size_t z = 0; z < s.pool_width; ++z) {
                const size_t place = ((image * s.height + row * s.pool_height + y) * s.width + column * s.pool_width + z) * s.channels + c;
                if (best == size_t(-1) || x.values[place] > x.values[best]) best = place;
            }
        expected[i] = x.values[best];
        gradient[best] += dy.values[i];
    }
    Activations y(s.type, outputs), dx(s.type, x.values.size());
    std::vector<uint8_t> places(outputs, 255);
    set.pooling.maximum(&s, x.data(), y.data(), places.data(), threads);
    expect_near(y.results(), expected, 0, what);
    Activations without(s.type, outputs);
    set.pooling.maximum(&s, x.data(), without.data(), nullptr, threads);
    expect(without.results() == y.results(), what + " without places");
    set.pooling.maximum_gradient(&s, dy.data(), places.data(), dx.data(), threads);
    expect_near(dx.results(), gradient, 0, what + " gradient");

    // A NaN is the largest value, wherever it is.
    Activations broken(s.type, x.values);
    const size_t second = s.pool_width > 1 ? s.channels : s.width * s.channels;
    broken = Activations(s.type, [&] { auto v = x.values; v[second] = NAN; return v; }());
    if (s.type == kernel_bfloat16) broken.halves[second] = 0x7FC0;
    set.pooling.maximum(&s, broken.data(), y.data(), places.data(), threads);
    expect(std::isnan(y.results()[0]), what + " keeps a NaN");
}

}  // namespace

void test_pooling(const kernel_set &set) {
    // All kernels of the family: one more does not compile until it is named here, and tested.
    [[maybe_unused]] const auto &[maximum, maximum_gradient] = set.pooling;
    for (kernel_element_type type : {kernel_float32, kernel_bfloat16})
        for (size_t threads = 1; threads <= 3; ++threads)
            for (const kernel_pooling &s : {kernel_pooling{3, 28, 28, 32, 2, 2, type}, {2, 7, 9, 10, 2, 2, type},
                                            {4, 1, 253, 16, 1, 2, type}, {2, 11, 5, 21, 3, 2, type}})
                check(set, s, threads);
}
