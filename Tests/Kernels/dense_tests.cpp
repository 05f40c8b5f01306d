#include "check.hpp"

namespace {

/// A dense layer's arrays, and what its passes have to come to.
struct Layer {
    size_t batch, inputs, units;
    Activations source;
    std::vector<float> weights, bias, scale, shift, gradient, first, second;

    Layer(size_t batch, size_t inputs, size_t units, kernel_element_type type)
        : batch(batch), inputs(inputs), units(units), source(type, noise(batch * inputs, 1)),
          weights(noise(inputs * units, 2)), bias(noise(units, 3)), scale(noise(units, 4)), shift(noise(units, 5)),
          gradient(noise(batch * units, 6)), first(noise(inputs * units, 7)), second(noise(inputs * units, 8)) {
        for (float &value : second) value *= value;
    }

    std::vector<double> forward(const kernel_epilogue &epilogue) const {
        std::vector<double> result(batch * units);
        for (size_t n = 0; n < batch; ++n)
            for (size_t i = 0; i < inputs; ++i)
                for (size_t u = 0; u < units; ++u)
                    result[n * units + u] += double(source.values[n * inputs + i]) * weights[i * units + u];
        for (size_t i = 0; i < result.size(); ++i) {
            if (epilogue.bias) result[i] += epilogue.bias[i % units];
            if (epilogue.relu) result[i] = std::fmax(result[i], 0);
            if (epilogue.scale) result[i] = result[i] * epilogue.scale[i % units] + epilogue.shift[i % units];
        }
        return result;
    }

    std::vector<double> source_gradient() const {
        std::vector<double> result(batch * inputs);
        for (size_t n = 0; n < batch; ++n)
            for (size_t i = 0; i < inputs; ++i)
                for (size_t u = 0; u < units; ++u)
                    result[n * inputs + i] += double(gradient[n * units + u]) * weights[i * units + u];
        return result;
    }

    std::vector<double> weight_gradient() const {
        std::vector<double> result(inputs * units);
        for (size_t n = 0; n < batch; ++n)
            for (size_t i = 0; i < inputs; ++i)
                for (size_t u = 0; u < units; ++u)
                    result[i * units + u] += double(gradient[n * units + u]) * source.values[n * inputs + i];
        return result;
    }
};

void check(const kernel_set &set, size_t batch, size_t inputs, size_t units, kernel_element_type type, size_t threads) {
    const std::string what = std::string(set.name) + " dense " + std::to_string(batch) + "×" + std::to_string(inputs) +
                             " to " + std::to_string(units) + ", " + name_of(type) + ", threads " +
                             std::to_string(threads);
    Layer layer(batch, inputs, units, type);
    const kernel_dense shape{batch, inputs, units, type};
    expect(set.dense.is_supported(&shape), what + " is supported");
    ScratchMemory scratch(set.dense.scratch(&shape, threads));
    // Weights that are rounded to bfloat16 in cache are coarser than a rounded source.
    const double tolerance = type == kernel_float32 ? 5e-6 : 1e-2;
    for (const kernel_epilogue &epilogue :
         {kernel_epilogue{layer.bias.data(), true, nullptr, nullptr}, kernel_epilogue{},
          kernel_epilogue{layer.bias.data(), false, layer.scale.data(), layer.shift.data()}}) {
        std::vector<float> result(batch * units, -77), again(batch * units, -77);
        set.dense.forward(&shape, layer.source.data(), layer.weights.data(), &epilogue, result.data(), scratch.data(), threads);
        set.dense.forward(&shape, layer.source.data(), layer.weights.data(), &epilogue, again.data(), scratch.data(), threads);
        expect_near(result, layer.forward(epilogue), tolerance, what + " forward");
        expect(result == again, what + " forward gives the same bits twice");
    }
    const kernel_adam adam{1e-2f, 0.9f, 0.999f, 1e-7f};
    const auto gradient = layer.weight_gradient();
    for (bool wants_source : {true, false}) {
        Activations dx(type, batch * inputs);
        std::vector<float> dw(inputs * units, -77);
        kernel_dense_gradients arrays{layer.source.data(), layer.gradient.data(), layer.weights.data(),
                                      wants_source ? dx.data() : nullptr, dw.data(), nullptr, nullptr, {}};
        set.dense.backward(&shape, &arrays, scratch.data(), threads);
        expect_near(dw, gradient, tolerance, what + " weight gradient");
        if (wants_source) expect_near(dx.results(), layer.source_gradient(), tolerance, what + " source gradient");

        auto weights = layer.weights, first = layer.first, second = layer.second;
        Activations fused(type, batch * inputs);
        arrays.weights = weights.data();
        arrays.source_gradient = wants_source ? fused.data() : nullptr;
        arrays.weight_gradient = nullptr;
        arrays.first_moment = first.data();
        arrays.second_moment = second.data();
        arrays.adam = adam;
        set.dense.backward(&shape, &arrays, scratch.data(), threads);
        if (wants_source) expect(fused.results() == dx.results(), what + " source gradient is that of the old weights");
        // From the gradient that the kernel itself found: Adam divides by it, and would blow up its rounding.
        std::vector<double> expected(weights.size()), m(weights.size()), v(weights.size());
        for (size_t i = 0; i < expected.size(); ++i) {
            m[i] = layer.first[i] + (double(dw[i]) - layer.first[i]) * (1 - double(adam.beta1));
            v[i] = layer.second[i] + (double(dw[i]) * dw[i] - layer.second[i]) * (1 - double(adam.beta2));
            expected[i] = layer.weights[i] - adam.step_size * m[i] / (std::sqrt(v[i]) + adam.epsilon);
        }
        expect_near(first, m, 1e-6, what + " first moments");
        expect_near(second, v, 1e-6, what + " second moments");
        double worst = 0;
        for (size_t i = 0; i < expected.size(); ++i)
            worst = std::fmax(worst, std::fabs(weights[i] - expected[i]) / (1 + std::fabs(expected[i])));
        expect(worst < 2e-5, what + " weights after Adam are off by " + std::to_string(worst));
    }
    scratch.expect_margin(what);
}

void check_one(const kernel_set &set, size_t inputs, size_t units, size_t channels, size_t threads) {
    const std::string what = std::string(set.name) + " dense for one, " + std::to_string(inputs) + " to " +
                             std::to_string(units) + ", threads " + std::to_string(threads);
    Layer layer(1, inputs, units, kernel_float32);
    for (float &value : layer.source.values) value = std::fmax(value, 0);
    const kernel_dense shape{1, inputs, units, kernel_float32};
    ScratchMemory scratch(set.dense.one_scratch(&shape, threads));
    const auto factors = noise(channels, 9);
    const kernel_epilogue epilogue{layer.bias.data(), true, layer.scale.data(), layer.shift.data()};
    std::vector<float> result(units, -77);
    set.dense.one(&shape, layer.source.values.data(), nullptr, 1, layer.weights.data(), &epilogue, result.data(),
                  scratch.data(), threads);
    expect_near(result, layer.forward(epilogue), 5e-6, what);
    const auto source = layer.source.values;
    set.dense.one(&shape, source.data(), factors.data(), channels, layer.weights.data(), &epilogue, result.data(),
                  scratch.data(), threads);
    for (size_t i = 0; i < inputs; ++i) layer.source.values[i] *= factors[i % channels];
    expect_near(result, layer.forward(epilogue), 5e-6, what + " with a scale");
    auto broken = source;
    broken[inputs / 2] = NAN;
    const kernel_epilogue plain{};
    set.dense.one(&shape, broken.data(), nullptr, 1, layer.weights.data(), &plain, result.data(), scratch.data(), threads);
    expect(std::isnan(result[0]), what + " keeps a NaN");
    scratch.expect_margin(what);
}

}  // namespace

void test_dense(const kernel_set &set) {
    const size_t panel = 2 * set.lanes;
    for (kernel_element_type type : {kernel_float32, kernel_bfloat16})
        for (size_t threads = 1; threads <= 3; ++threads) {
            check(set, 32, 1000, 5 * panel, type, threads);
            check(set, 33, 100, panel, type, threads);
            check(set, 7, 64, 2 * panel, type, threads);
            check(set, 1, 5, panel, type, threads);
            check(set, 2, 517, 2 * panel, type, threads);
        }
    for (size_t threads = 1; threads <= 3; ++threads)
        for (size_t units : {10, 64, 100, 512}) {
            check_one(set, 700, units, 7, threads);
            check_one(set, 33, units, 33, threads);
        }
    const kernel_dense odd{4, 8, panel + 1, kernel_float32};
    expect(!set.dense.is_supported(&odd), "units that do not fill vectors are not supported");
}
