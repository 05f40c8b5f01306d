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

/// Average pooling by the definition, in float64.
void check(const kernel_set &set, const kernel_average_pooling &s, size_t threads) {
    const std::string what = std::string(set.name) + " average pooling " + std::to_string(s.height) + "×" +
                             std::to_string(s.width) + "×" + std::to_string(s.channels) + " by " + std::to_string(s.pool) +
                             ", strides " + std::to_string(s.strides) + ", " + name_of(s.type) + ", threads " +
                             std::to_string(threads);
    const size_t outputs = s.batch * s.output_height * s.output_width * s.channels;
    Activations x(s.type, noise(s.batch * s.height * s.width * s.channels, 1)), dy(s.type, noise(outputs, 2));
    std::vector<double> expected(outputs), gradient(x.values.size());
    for (size_t i = 0; i < outputs; ++i) {
        const size_t c = i % s.channels, column = i / s.channels % s.output_width;
        const size_t row = i / s.channels / s.output_width % s.output_height;
        const size_t image = i / s.channels / s.output_width / s.output_height;
        std::vector<size_t> places;
        for (size_t y = 0; y < s.pool; ++y)
            for (size_t z = 0; z < s.pool; ++z) {
                const size_t top = row * s.strides + y - s.padding_top, left = column * s.strides + z - s.padding_left;
                if (top < s.height && left < s.width)
                    places.push_back(((image * s.height + top) * s.width + left) * s.channels + c);
            }
        for (size_t place : places) {
            expected[i] += x.values[place] / double(places.size());
            gradient[place] += dy.values[i] / double(places.size());
        }
    }
    Activations y(s.type, outputs), dx(s.type, x.values.size());
    set.pooling.average(&s, x.data(), y.data(), threads);
    expect_near(y.results(), expected, x.tolerance(3e-7), what);
    set.pooling.average_gradient(&s, dy.data(), dx.data(), threads);
    expect_near(dx.results(), gradient, x.tolerance(1e-6), what + " gradient");
}

}  // namespace

void test_pooling(const kernel_set &set) {
    // All kernels of the family: one more does not compile until it is named here, and tested.
    [[maybe_unused]] const auto &[maximum, maximum_gradient, average, average_gradient] = set.pooling;
    for (kernel_element_type type : {kernel_float32, kernel_bfloat16})
        for (size_t threads = 1; threads <= 3; ++threads)
            for (const kernel_pooling &s : {kernel_pooling{3, 28, 28, 32, 2, 2, type}, {2, 7, 9, 10, 2, 2, type},
                                            {4, 1, 253, 16, 1, 2, type}, {2, 11, 5, 21, 3, 2, type}})
                check(set, s, threads);
    // Side by side; padded, with odd padding; overlapping; with gaps; and with windows that reach over both ends.
    for (kernel_element_type type : {kernel_float32, kernel_bfloat16})
        for (size_t threads = 1; threads <= 3; ++threads)
            for (const kernel_average_pooling &s :
                 {kernel_average_pooling{3, 28, 28, 32, 14, 14, 2, 2, 0, 0, type}, {2, 7, 6, 10, 4, 3, 3, 2, 1, 0, type},
                  {9, 11, 40, 16, 9, 38, 3, 1, 0, 0, type}, {2, 8, 7, 21, 3, 3, 2, 3, 0, 0, type},
                  {1, 5, 3, 1, 5, 3, 7, 1, 3, 3, type}})
                check(set, s, threads);
}
