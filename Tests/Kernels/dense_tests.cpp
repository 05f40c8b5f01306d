#include "check.hpp"

#include <algorithm>
#include <array>

namespace {

/// product[rows][columns] = a[rows][depth] · b[depth][columns], in float64. The strides say how a and b lie.
std::vector<double> product(size_t rows, size_t depth, size_t columns, const float *a, size_t a_row, size_t a_step,
                            const float *b, size_t b_step, size_t b_column) {
    std::vector<double> result(rows * columns);
    for (size_t row = 0; row < rows; ++row)
        for (size_t k = 0; k < depth; ++k)
            for (size_t column = 0; column < columns; ++column)
                result[row * columns + column] +=
                    double(a[row * a_row + k * a_step]) * b[k * b_step + column * b_column];
    return result;
}

std::vector<double> finished(std::vector<double> sums, size_t units, const kernel_epilogue &epilogue) {
    for (size_t i = 0; i < sums.size(); ++i) {
        const size_t unit = i % units;
        if (epilogue.bias) sums[i] += epilogue.bias[unit];
        if (epilogue.relu) sums[i] = std::fmax(sums[i], 0);
        if (epilogue.scale) sums[i] = sums[i] * epilogue.scale[unit] + epilogue.shift[unit];
    }
    return sums;
}

/// The epilogue's arrays, and the epilogues that are tried.
struct Epilogues {
    std::vector<float> bias, scale, shift;
    std::vector<std::pair<std::string, kernel_epilogue>> all;

    explicit Epilogues(size_t units) : bias(noise(units, 5)), scale(noise(units, 6)), shift(noise(units, 7)) {
        all = {{"", {}},
               {" with bias and ReLU", {bias.data(), true, nullptr, nullptr}},
               {" with bias, ReLU and rescaling", {bias.data(), true, scale.data(), shift.data()}}};
    }
};

constexpr double exact = 5e-6;

/// A wide layer's arrays and what its passes should give.
struct Layer {
    const kernel_set &set;
    kernel_dense shape;
    std::string what;
    Activations source;
    std::vector<float> gradient, weights, first_moment, second_moment;
    Epilogues epilogues;
    std::vector<double> sums, source_gradient, weight_gradient;
    double tolerance, source_tolerance;
    const kernel_adam adam{0.5f, 0.9f, 0.8f, 0.1f};

    Layer(const kernel_set &set, const kernel_dense &shape)
        : set(set), shape(shape),
          what(std::string(set.name) + " dense layer of " + std::to_string(shape.inputs) + " to " +
               std::to_string(shape.units) + ", batch " + std::to_string(shape.batch) + ", " + name_of(shape.type)),
          source(shape.type, noise(shape.batch * shape.inputs, 1)), gradient(noise(shape.batch * shape.units, 2)),
          weights(noise(shape.inputs * shape.units, 3)), first_moment(noise(weights.size(), 8)),
          second_moment(noise(weights.size(), 9)), epilogues(shape.units) {
        for (float &value : second_moment) value *= value;
        const size_t batch = shape.batch, inputs = shape.inputs, units = shape.units;
        const float *x = source.values.data(), *w = weights.data(), *dy = gradient.data();
        sums = product(batch, inputs, units, x, inputs, 1, w, units, 1);
        source_gradient = product(batch, units, inputs, dy, units, 1, w, 1, units);
        weight_gradient = product(inputs, batch, units, x, 1, inputs, dy, units, 1);
        // Where pairs of bfloat16 are multiplied, weights and gradients are rounded too.
        const bool has_pairs = std::string(set.name).find("bfloat16") != std::string::npos;
        const bool rounds = shape.type == kernel_bfloat16 && has_pairs;
        tolerance = rounds ? 1e-2 : exact;
        source_tolerance = rounds ? 1e-2 : source.tolerance(exact);
    }

    void check(size_t threads) {
        ScratchMemory scratch(set.dense.scratch(&shape, threads));
        const std::string here = what + ", threads " + std::to_string(threads);
        check_forward(threads, scratch, here);
        for (bool wants_source : {true, false}) {
            const std::string which = here + (wants_source ? "" : ", source gradient not wanted");
            check_gradients(threads, scratch, which, wants_source);
            check_adam(threads, scratch, which, wants_source);
        }
        scratch.expect_margin(here);
    }

    void check_forward(size_t threads, ScratchMemory &scratch, const std::string &here) {
        for (const auto &[name, epilogue] : epilogues.all) {
            const auto run = [&, &epilogue = epilogue] {
                std::vector<float> result(sums.size(), -77);
                set.dense.forward(&shape, source.data(), weights.data(), &epilogue, result.data(), scratch.data(),
                                  threads);
                return result;
            };
            const auto first = run();
            expect_near(first, finished(sums, shape.units, epilogue), tolerance, here + " forward" + name);
            expect(first == run(), here + " forward gives the same bits twice");
        }
    }

    void check_gradients(size_t threads, ScratchMemory &scratch, const std::string &here, bool wants_source) {
        const auto run = [&](std::vector<float> &result) {
            std::vector<float> w = weights;
            Activations dx(shape.type, source.values.size());
            void *to = wants_source ? dx.data() : nullptr;
            const kernel_dense_gradients arrays{source.data(), gradient.data(), w.data(), to,
                                                result.data(), nullptr, nullptr, {}};
            set.dense.backward(&shape, &arrays, scratch.data(), threads);
            expect(w == weights, here + " backward without Adam leaves the weights alone");
            return dx.results();
        };
        std::vector<float> result(weights.size(), -77), again(weights.size(), -77);
        const auto dx = run(result);
        expect_near(result, weight_gradient, tolerance, here + " weight gradient");
        if (wants_source) expect_near(dx, source_gradient, source_tolerance, here + " source gradient");
        expect(dx == run(again) && result == again, here + " backward gives the same bits twice");
    }

    void check_adam(size_t threads, ScratchMemory &scratch, const std::string &here, bool wants_source) {
        struct Result {
            std::vector<float> dx, w, m, v;
            bool operator==(const Result &other) const {
                return dx == other.dx && w == other.w && m == other.m && v == other.v;
            }
        };
        const auto run = [&] {
            Result r{{}, weights, first_moment, second_moment};
            Activations dx(shape.type, source.values.size());
            void *to = wants_source ? dx.data() : nullptr;
            const kernel_dense_gradients arrays{source.data(), gradient.data(), r.w.data(), to,
                                                nullptr, r.m.data(), r.v.data(), adam};
            set.dense.backward(&shape, &arrays, scratch.data(), threads);
            r.dx = dx.results();
            return r;
        };
        const Result first = run();
        std::vector<double> w(weights.size()), m(w.size()), v(w.size());
        for (size_t i = 0; i < w.size(); ++i) {
            const double g = weight_gradient[i];
            m[i] = first_moment[i] + (g - first_moment[i]) * (1 - double(adam.beta1));
            v[i] = second_moment[i] + (g * g - second_moment[i]) * (1 - double(adam.beta2));
            // From the kernel's own moments: where the second one is next to nothing, the gradient's rounding would count many
            // times over.
            w[i] = weights[i] - adam.step_size * first.m[i] / (std::sqrt(double(first.v[i])) + adam.epsilon);
        }
        // A square has twice the error.
        expect_near(first.m, m, tolerance, here + " Adam's first moment");
        expect_near(first.v, v, 2 * tolerance, here + " Adam's second moment");
        expect_near(first.w, w, 2e-6, here + " Adam's weights");
        // With the weights as they were before the step.
        if (wants_source) expect_near(first.dx, source_gradient, source_tolerance, here + " source gradient with Adam");
        expect(first == run(), here + " backward with Adam gives the same bits twice");
    }
};

/// A layer for one example of which every other input is 0. The weights of those are NaNs: they must not be read.
void check_one(const kernel_set &set, size_t inputs, size_t units, size_t channels, size_t threads) {
    const kernel_dense shape{1, inputs, units, kernel_float32};
    const std::string what = std::string(set.name) + " dense layer of " + std::to_string(inputs) + " to " +
                             std::to_string(units) + " for one example, " + std::to_string(channels) +
                             " channels, threads " + std::to_string(threads);
    auto source = noise(inputs, 1), weights = noise(inputs * units, 2);
    const auto scale = noise(channels, 3);
    for (size_t i = 0; i < inputs; ++i) {
        if (source[i] > 0 || i + 1 == inputs) continue;
        source[i] = i % 3 ? 0.f : -0.f;
        std::fill_n(weights.begin() + ptrdiff_t(i * units), units, std::nanf(""));
    }
    ScratchMemory scratch(set.dense.one_scratch(&shape, threads));
    const Epilogues epilogues(units);
    for (const auto &[name, epilogue] : epilogues.all) {
        for (bool scales : {false, true}) {
            const auto run = [&, &epilogue = epilogue] {
                std::vector<float> result(units, -77);
                set.dense.one(&shape, source.data(), scales ? scale.data() : nullptr, channels, weights.data(),
                              &epilogue, result.data(), scratch.data(), threads);
                return result;
            };
            std::vector<double> expected(units);
            for (size_t i = 0; i < inputs; ++i) {
                const double value = double(source[i]) * (scales ? scale[i % channels] : 1);
                for (size_t unit = 0; value != 0 && unit < units; ++unit)
                    expected[unit] += value * weights[i * units + unit];
            }
            const auto first = run();
            expect_near(first, finished(expected, units, epilogue), exact, what + name + (scales ? ", scaled" : ""));
            expect(first == run(), what + " gives the same bits twice");
        }
    }
    source[inputs / 2] = std::nanf("");
    std::vector<float> result(units, 0);
    set.dense.one(&shape, source.data(), nullptr, channels, weights.data(), &epilogues.all[1].second, result.data(),
                  scratch.data(), threads);
    const auto is_nan = [](float value) { return value != value; };
    expect(std::all_of(result.begin(), result.end(), is_nan), what + " keeps a NaN");
    scratch.expect_margin(what);
}

}  // namespace

void test_dense(const kernel_set &set) {
    // All kernels of the family: one more does not compile until it is named here, and tested.
    [[maybe_unused]] const auto &[is_supported, scratch, forward, backward, one_scratch, one] = set.dense;
    const size_t panel = 2 * set.lanes;
    for (size_t units : {panel / 2, panel + 1, 3 * panel}) {
        const kernel_dense shape{1, 1, units, kernel_float32};
        expect(set.dense.is_supported(&shape) == (units == 3 * panel), "is_supported asks for whole panels of units");
    }
    struct Size {
        size_t batch, inputs, panels;
    };
    const Size sizes[] = {{1, 5, 1},    {2, 64, 2},   {7, 100, 5},  {32, 1000, 2},
                          {33, 100, 1}, {33, 133, 5}, {2, 1200, 1}, {33, 20, 16}};
    for (const Size &s : sizes) {
        for (kernel_element_type type : {kernel_float32, kernel_bfloat16}) {
            Layer layer(set, {s.batch, s.inputs, s.panels * panel, type});
            for (size_t threads = 1; threads <= 3; ++threads) layer.check(threads);
        }
    }
    for (auto [inputs, units, channels] : {std::array<size_t, 3>{5, 1, 5}, {64, 64, 3}, {100, 10, 32}, {1000, 100, 8},
                                           {1001, 512, 7}, {3, 70, 1}, {1, 33, 1}})
        for (size_t threads = 1; threads <= 3; ++threads) check_one(set, inputs, units, channels, threads);
}
