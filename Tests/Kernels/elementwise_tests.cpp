#include "check.hpp"

#include <algorithm>

namespace {

struct Function {
    kernel_activation function;
    const char *name;
    double (*value)(double);

    /// f'(x) to ten digits.
    double slope(double x) const { return (value(x + 1e-6) - value(x - 1e-6)) / 2e-6; }
};

#define KERNEL_ACTIVATION(name, reads_output, definition) \
    {kernel_##name, #name, [](double x) -> double { return definition; }},
const Function functions[] = {KERNEL_ACTIVATIONS(KERNEL_ACTIVATION)};
#undef KERNEL_ACTIVATION

void check_activation(const kernel_set &set, const Function &f, kernel_element_type type, size_t count) {
    const std::string what = std::string(set.name) + " " + f.name + ", " + name_of(type);
    auto numbers = noise(count, 1);
    for (size_t i = 0; i < count; ++i) numbers[i] *= i % 3 == 0 ? 0.1f : i % 3 == 1 ? 2 : 20;
    Activations x(type, numbers), g(type, noise(count, 2)), y(type, count), dx(type, count);
    set.elementwise.activation(f.function, x.data(), y.data(), count, type, 2);
    std::vector<double> expected(count), slopes(count);
    const auto results = y.results();
    double worst = 0;
    for (size_t i = 0; i < count; ++i) {
        expected[i] = f.value(x.values[i]);
        slopes[i] = f.slope(x.values[i]) * g.values[i];
        worst = std::fmax(worst, std::fabs(results[i] - expected[i]) / std::fmax(std::fabs(expected[i]), 1e-6));
    }
    expect_near(results, expected, x.tolerance(2e-7), what);
    expect(worst <= x.tolerance(5e-6), what + " is off by " + std::to_string(worst) + " of a value");
    Activations &values = kernel_activation_gradient_reads_output(f.function) ? y : x;
    set.elementwise.activation_gradient(f.function, values.data(), g.data(), dx.data(), count, type, 2);
    // From rounded outputs a slope cannot be exact.
    expect_near(dx.results(), slopes, type == kernel_float32 ? 1e-6 : 0.02, what + "'s slope");
    Activations broken(kernel_float32, std::vector<float>(5, NAN)), result(kernel_float32, 5);
    set.elementwise.activation(f.function, broken.data(), result.data(), 5, kernel_float32, 1);
    expect(std::isnan(result.values[0]) && std::isnan(result.values[4]), what + " keeps a NaN");
}

void check_dropout(const kernel_set &set, kernel_element_type type) {
    const std::string what = std::string(set.name) + " dropout, " + name_of(type);
    const size_t count = 100'003;
    Activations ones(type, std::vector<float>(count, 1)), one(type, count), three(type, count), other(type, count);
    set.elementwise.dropout(ones.data(), one.data(), count, type, 0.25f, 12345, 1);
    set.elementwise.dropout(ones.data(), three.data(), count, type, 0.25f, 12345, 3);
    set.elementwise.dropout(ones.data(), other.data(), count, type, 0.25f, 12346, 1);
    const auto values = one.results();
    const double kept = double(std::count_if(values.begin(), values.end(), [](float v) { return v != 0; })) / count;
    expect(std::fabs(kept - 0.75) < 0.007, what + " keeps " + std::to_string(kept) + " instead of 0.75");
    expect(std::all_of(values.begin(), values.end(), [](float v) { return v == 0 || std::fabs(v - 4 / 3.f) < 4e-3; }),
           what + " scales by 4/3");
    expect(values == three.results(), what + " does not depend on the threads");
    const auto others = other.results();
    size_t same = 0;
    for (size_t i = 0; i < count; ++i) same += (values[i] != 0) == (others[i] != 0);
    // 0.75² + 0.25² of independent draws agree.
    expect(std::fabs(double(same) / count - 0.625) < 0.01, what + " of two keys is independent");
}

void check_adam(const kernel_set &set, size_t count, size_t threads) {
    const std::string what = std::string(set.name) + " Adam, threads " + std::to_string(threads);
    auto w = noise(count, 1), g = noise(count, 2), m = noise(count, 3), v = noise(count, 4);
    for (float &value : v) value *= value;
    const kernel_adam s{1e-3f, 0.9f, 0.999f, 1e-7f};
    std::vector<double> weights(count), first(count), second(count);
    for (size_t i = 0; i < count; ++i) {
        first[i] = m[i] + (double(g[i]) - m[i]) * (1 - double(s.beta1));
        second[i] = v[i] + (double(g[i]) * g[i] - v[i]) * (1 - double(s.beta2));
        weights[i] = w[i] - s.step_size * first[i] / (std::sqrt(second[i]) + s.epsilon);
    }
    set.elementwise.adam(&s, w.data(), g.data(), m.data(), v.data(), count, threads);
    expect_near(w, weights, 2e-7, what + " weights");
    expect_near(m, first, 2e-7, what + " first moments");
    expect_near(v, second, 2e-7, what + " second moments");
}

void check_loss(const kernel_set &set) {
    const size_t rows = 7, columns = 10;
    const auto logits = noise(rows * columns, 1);
    std::vector<int32_t> labels(rows);
    std::vector<double> expected(rows * columns);
    double loss = 0;
    size_t correct = 0;
    for (size_t row = 0; row < rows; ++row) {
        // The fourth row is of no class.
        labels[row] = row == 3 ? -1 : int32_t(row);
        const float *z = logits.data() + row * columns;
        double sum = 0;
        for (size_t i = 0; i < columns; ++i) sum += std::exp(double(z[i]));
        correct += labels[row] >= 0 && size_t(std::max_element(z, z + columns) - z) == row;
        for (size_t i = 0; i < columns; ++i) {
            const double target = labels[row] < 0 ? 1.0 / columns : i == row;
            const double probability = std::exp(double(z[i])) / sum;
            if (target > 0) loss += target * std::log(target / probability);
            expected[row * columns + i] = (probability - target) / rows;
        }
    }
    std::vector<float> gradient(rows * columns);
    size_t found;
    const double sum = set.elementwise.softmax_cross_entropy(logits.data(), labels.data(), gradient.data(), rows, columns, &found);
    expect(std::fabs(sum - loss) < 1e-6 * loss, "the softmax cross-entropy");
    expect(found == correct, "the number of correct examples");
    expect_near(gradient, expected, 1e-6, "the gradient of the softmax cross-entropy");
}

}  // namespace

void test_elementwise(const kernel_set &set) {
    for (kernel_element_type type : {kernel_float32, kernel_bfloat16}) {
        for (const Function &f : functions) check_activation(set, f, type, 40'001);
        check_dropout(set, type);
        const size_t count = 50'003;
        Activations a(type, noise(count, 1)), b(type, noise(count, 2)), sum(type, count);
        std::vector<double> expected(count), exact(a.values.begin(), a.values.end());
        for (size_t i = 0; i < count; ++i) expected[i] = double(a.values[i]) + b.values[i];
        set.elementwise.add(a.data(), b.data(), sum.data(), count, type, 2);
        expect_near(sum.results(), expected, a.tolerance(2e-7), std::string(set.name) + " add");
        for (kernel_element_type to : {kernel_float32, kernel_bfloat16}) {
            Activations converted(to, count);
            set.elementwise.convert(a.data(), type, converted.data(), to, count, 2);
            expect_near(converted.results(), exact, converted.tolerance(0), std::string(set.name) + " convert");
        }
    }
    for (size_t threads = 1; threads <= 3; ++threads) check_adam(set, 40'007, threads);
    check_loss(set);
}
