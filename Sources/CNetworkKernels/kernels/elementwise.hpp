#pragma once
// Loops in which each element stands for itself.

#include "activation.hpp"
#include "random.hpp"
#include "softmax.hpp"

namespace {

/// Calls `body(load, store, place)`-style loops over whole vectors, then over what is left as a vector of which the first
/// numbers count.
template <typename Output, typename Body>
INLINE void for_each_vector_of(Output *output, size_t begin, size_t end, const Body &body) {
    size_t i = begin;
    for (; i + lanes <= end; i += lanes) store(output + i, body(i, std::integral_constant<size_t, lanes>()));
    if (i < end) store_first(output + i, body(i, end - i), end - i);
}

inline void activation_forward(kernel_activation function, const void *input, void *output, size_t count,
                               kernel_element_type type, size_t threads) {
    with_element_type(type, [&](auto zero) {
        using Element = decltype(zero);
        const auto from = static_cast<const Element *>(input);
        const auto to = static_cast<Element *>(output);
        with_activation(function, [&](auto function) {
            parallel::ranges(threads, count, [&](size_t begin, size_t end) {
                for_each_vector_of(to, begin, end, [&](size_t i, auto present) __attribute__((always_inline)) {
                    return activate(function, load_present(from + i, present));
                });
            });
        });
    });
}

inline void activation_backward(kernel_activation function, const void *values, const void *gradient,
                                void *source_gradient, size_t count, kernel_element_type type, size_t threads) {
    with_element_type(type, [&](auto zero) {
        using Element = decltype(zero);
        const auto value = static_cast<const Element *>(values);
        const auto from = static_cast<const Element *>(gradient);
        const auto to = static_cast<Element *>(source_gradient);
        with_activation(function, [&](auto function) {
            parallel::ranges(threads, count, [&](size_t begin, size_t end) {
                for_each_vector_of(to, begin, end, [&](size_t i, auto present) __attribute__((always_inline)) {
                    return slope(function, load_present(value + i, present)) * load_present(from + i, present);
                });
            });
        });
    });
}

inline void dropout(const void *input, void *output, size_t count, kernel_element_type type, float rate, uint64_t key,
                    size_t threads) {
    const auto threshold = uint32_t(std::min(std::round(double(rate) * 4294967296.0), 4294967295.0));
    const float scale = 1 / (1 - rate);
    with_element_type(type, [&](auto zero) {
        using Element = decltype(zero);
        const auto from = static_cast<const Element *>(input);
        const auto to = static_cast<Element *>(output);
        parallel::ranges(threads, count, [&](size_t begin, size_t end) {
            for_each_vector_of(to, begin, end, [&](size_t i, auto present) __attribute__((always_inline)) {
                const Bits kept = (Bits)(random_bits(i, key) >= threshold);
                return (Vector)((Bits)(load_present(from + i, present) * scale) & kept);
            });
        });
    });
}

inline void add(const void *a, const void *b, void *sum, size_t count, kernel_element_type type, size_t threads) {
    with_element_type(type, [&](auto zero) {
        using Element = decltype(zero);
        const auto left = static_cast<const Element *>(a), right = static_cast<const Element *>(b);
        const auto to = static_cast<Element *>(sum);
        parallel::ranges(threads, count, [&](size_t begin, size_t end) {
            for_each_vector_of(to, begin, end, [&](size_t i, auto present) __attribute__((always_inline)) {
                return load_present(left + i, present) + load_present(right + i, present);
            });
        });
    });
}

inline void convert(const void *input, kernel_element_type from_type, void *output, kernel_element_type to_type,
                    size_t count, size_t threads) {
    with_element_type(from_type, [&](auto from_zero) {
        with_element_type(to_type, [&](auto to_zero) {
            const auto from = static_cast<const decltype(from_zero) *>(input);
            const auto to = static_cast<decltype(to_zero) *>(output);
            parallel::ranges(threads, count, [&](size_t begin, size_t end) {
                for_each_vector_of(to, begin, end, [&](size_t i, auto present) __attribute__((always_inline)) {
                    return load_present(from + i, present);
                });
            });
        });
    });
}

inline void adam(const kernel_adam *settings, float *weights, const float *gradient, float *first_moment,
                 float *second_moment, size_t count, size_t threads) {
    const kernel_adam s = *settings;
    parallel::ranges(threads, count, [=](size_t begin, size_t end) {
        for (size_t i = begin; i < end; i += lanes) {
            const size_t present = std::min(lanes, end - i);
            const auto numbers = [=](const float *array) __attribute__((always_inline)) {
                return present == lanes ? load(array + i) : load_first(array + i, present);
            };
            const Vector g = numbers(gradient);
            Vector m = numbers(first_moment), v = numbers(second_moment);
            m += (g - m) * (1 - s.beta1);
            v += (g * g - v) * (1 - s.beta2);
            const Vector w = numbers(weights) - s.step_size * m / (square_root(v) + s.epsilon);
            if (present == lanes) {
                store(first_moment + i, m);
                store(second_moment + i, v);
                store(weights + i, w);
            } else {
                store_first(first_moment + i, m, present);
                store_first(second_moment + i, v, present);
                store_first(weights + i, w, present);
            }
        }
    });
}

inline void column_sums(const float *array, float *sums, size_t rows, size_t columns) {
    std::fill_n(sums, columns, 0.f);
    for (size_t row = 0; row < rows; ++row)
        for (size_t column = 0; column < columns; ++column) sums[column] += array[row * columns + column];
}

inline void moving_average(float *moving, const float *batch, size_t count, float momentum) {
    for (size_t i = 0; i < count; ++i) moving[i] = moving[i] * momentum + batch[i] * (1 - momentum);
}

const kernel_elementwise elementwise = {
    activation_forward, activation_backward, dropout, add, convert, adam, softmax, softmax_gradient,
    softmax_cross_entropy, column_sums, moving_average,
};

}  // namespace
