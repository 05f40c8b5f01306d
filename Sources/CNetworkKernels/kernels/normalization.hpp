#pragma once
// Batch normalization. Rows are cut into parts that do not depend on the number of threads, each part is summed in float64,
// and the parts' sums are added in their order.

#include "vector.hpp"

namespace {

/// How an array of rows is cut.
struct RowParts {
    size_t rows, channels, count;

    explicit RowParts(const kernel_rows &shape) : rows(shape.rows), channels(shape.channels) {
        // What a part reads stays in the first-level cache while it goes through the vectors of channels one by one.
        const size_t rows_each = std::max<size_t>((16 << 10) / (channels * sizeof(float)), 1);
        count = std::min<size_t>((rows + rows_each - 1) / rows_each, 4096);
    }

    size_t padded() const { return rounded_up(channels, lanes); }

    /// Calls `body(part, first row, row behind the last)` for each part.
    template <typename Body>
    void for_each(size_t threads, const Body &body) const {
        const bool is_small = rows * channels < 32768;
        parallel::ranges(
            is_small ? 1 : threads, count,
            [&](size_t begin, size_t end) {
                for (size_t part = begin; part < end; ++part) body(part, rows * part / count, rows * (part + 1) / count);
            },
            1, 1);
    }

    /// Adds up the parts' two sums for each channel.
    void total(const double *sums, double *first, double *second) const {
        const size_t width = padded();
        std::copy_n(sums, width, first);
        std::copy_n(sums + width, width, second);
        for (size_t part = 1; part < count; ++part) {
            const double *own = sums + part * 2 * width;
            for (size_t channel = 0; channel < width; ++channel) {
                first[channel] += own[channel];
                second[channel] += own[width + channel];
            }
        }
    }
};

/// The scratch memory: the parts' sums, the channels' totals, and three factors for each channel.
struct NormalizationScratch {
    double *sums, *first, *second;
    float *a, *b, *c;

    NormalizationScratch(void *scratch, const RowParts &parts) {
        const size_t width = parts.padded();
        sums = static_cast<double *>(scratch);
        first = sums + parts.count * 2 * width;
        second = first + width;
        a = reinterpret_cast<float *>(second + width);
        b = a + width;
        c = b + width;
    }
};

/// Calls `body(channel, present)` for each vector of channels, of which the first `present` exist.
template <typename Body>
INLINE void for_each_vector(size_t channels, const Body &body) {
    size_t channel = 0;
    for (; channel + lanes <= channels; channel += lanes) body(channel, std::integral_constant<size_t, lanes>());
    if (channel < channels) body(channel, channels - channel);
}

/// Two sums of a part for each channel: of x and x² without a gradient, else of dy and dy · (x - mean).
template <bool is_backward, typename Element>
void sum_part(const Element *x, const Element *dy, size_t rows, size_t channels, const float *mean, double *sums) {
    for_each_vector(channels, [&](size_t channel, auto present) __attribute__((always_inline)) {
        Doubles first = {}, second = {};
        const Doubles center = is_backward ? to_doubles(load_present(mean + channel, present)) : Doubles{};
        for (size_t row = 0; row < rows; ++row) {
            const Doubles value = to_doubles(load_present(x + row * channels + channel, present));
            Doubles factor = value;
            if constexpr (is_backward) factor = to_doubles(load_present(dy + row * channels + channel, present));
            first += factor;
            second += factor * (is_backward ? value - center : value);
        }
        store(sums + channel, first);
        store(sums + rounded_up(channels, lanes) + channel, second);
    });
}

/// y = b · x + c, and with a gradient plus a · dy; `masks` sets y to 0 where x is not positive.
template <bool is_backward, typename Element>
void combine_part(const Element *x, const Element *dy, size_t rows, size_t channels, const float *a, const float *b,
                  const float *c, bool masks, Element *y) {
    for_each_vector(channels, [&](size_t channel, auto present) __attribute__((always_inline)) {
        const Vector slope = load_present(b + channel, present), offset = load_present(c + channel, present);
        const Vector factor = is_backward ? load_present(a + channel, present) : zero();
        for (size_t row = 0; row < rows; ++row) {
            const size_t place = row * channels + channel;
            const Vector value = load_present(x + place, present);
            Vector result = slope * value + offset;
            if constexpr (is_backward) {
                result += factor * load_present(dy + place, present);
                if (masks) result = where_positive(value, result);
            }
            store_present(y + place, result, present);
        }
    });
}

inline size_t normalization_scratch(const kernel_rows *shape) {
    const RowParts parts(*shape);
    return parts.padded() * ((2 * parts.count + 2) * sizeof(double) + 3 * sizeof(float));
}

inline void normalization_statistics(const kernel_rows *shape, const void *source, float *mean, float *variance,
                                     void *scratch, size_t threads) {
    const RowParts parts(*shape);
    const NormalizationScratch s(scratch, parts);
    with_element_type(shape->type, [&](auto zero) {
        using Element = decltype(zero);
        const auto x = static_cast<const Element *>(source);
        parts.for_each(threads, [&](size_t part, size_t begin, size_t end) {
            sum_part<false>(x + begin * parts.channels, static_cast<const Element *>(nullptr), end - begin,
                            parts.channels, nullptr, s.sums + part * 2 * parts.padded());
        });
    });
    parts.total(s.sums, s.first, s.second);
    const double count = double(parts.rows);
    for (size_t channel = 0; channel < parts.channels; ++channel) {
        const double average = s.first[channel] / count;
        mean[channel] = float(average);
        // With float64's 53 bits the difference is exact enough, unless the mean is millions of deviations away from 0.
        variance[channel] = float(std::max(s.second[channel] / count - average * average, 0.0));
    }
}

inline void normalization_factors(size_t channels, const float *mean, const float *variance, const float *gamma,
                                  const float *beta, float epsilon, float *scale, float *shift) {
    for (size_t channel = 0; channel < channels; ++channel) {
        const double factor = gamma[channel] / std::sqrt(double(variance[channel]) + epsilon);
        scale[channel] = float(factor);
        shift[channel] = float(beta[channel] - mean[channel] * factor);
    }
}

inline void normalization_rescale(const kernel_rows *shape, const void *source, const float *scale, const float *shift,
                                  void *destination, size_t threads) {
    const RowParts parts(*shape);
    with_element_type(shape->type, [&](auto zero) {
        using Element = decltype(zero);
        const auto x = static_cast<const Element *>(source);
        const auto y = static_cast<Element *>(destination);
        parts.for_each(threads, [&](size_t, size_t begin, size_t end) {
            combine_part<false>(x + begin * parts.channels, static_cast<const Element *>(nullptr), end - begin,
                                parts.channels, nullptr, scale, shift, false, y + begin * parts.channels);
        });
    });
}

inline void normalization_gradients(const kernel_rows *shape, const void *source, const void *destination_gradient,
                                    const float *mean, const float *variance, const float *gamma, float epsilon,
                                    bool masks_relu, void *source_gradient, float *gamma_gradient, float *beta_gradient,
                                    void *scratch, size_t threads) {
    const RowParts parts(*shape);
    const NormalizationScratch s(scratch, parts);
    with_element_type(shape->type, [&](auto zero) {
        using Element = decltype(zero);
        const auto x = static_cast<const Element *>(source);
        const auto dy = static_cast<const Element *>(destination_gradient);
        parts.for_each(threads, [&](size_t part, size_t begin, size_t end) {
            const size_t offset = begin * parts.channels;
            sum_part<true>(x + offset, dy + offset, end - begin, parts.channels, mean, s.sums + part * 2 * parts.padded());
        });
        parts.total(s.sums, s.first, s.second);
        const double count = double(parts.rows);
        for (size_t channel = 0; channel < parts.channels; ++channel) {
            const double sum = s.first[channel], products = s.second[channel];
            const double inverse = 1 / std::sqrt(double(variance[channel]) + epsilon), a = gamma[channel] * inverse;
            const double b = -a * inverse * inverse * products / count;
            s.a[channel] = float(a);
            s.b[channel] = float(b);
            s.c[channel] = float(-a * sum / count - b * mean[channel]);
            gamma_gradient[channel] = float(products * inverse);
            beta_gradient[channel] = float(sum);
        }
        if (!source_gradient) return;
        const auto dx = static_cast<Element *>(source_gradient);
        parts.for_each(threads, [&](size_t, size_t begin, size_t end) {
            const size_t offset = begin * parts.channels;
            combine_part<true>(x + offset, dy + offset, end - begin, parts.channels, s.a, s.b, s.c, masks_relu,
                               dx + offset);
        });
    });
}

const kernel_normalizations normalizations = {
    normalization_scratch, normalization_statistics, normalization_factors, normalization_rescale,
    normalization_gradients,
};

}  // namespace
