// Batch normalization. Sums over a batch are in float64: in float32, summed one by one, they can be off by 1e-4 of what
// comes out in the end.

#include "CKernels.h"
#include "vector16.hpp"

#include <cmath>

namespace {

using namespace kernels;

// Tells the compiler that no two of a loop's arrays overlap, but for one that is overwritten in place.
#define NOTHING_OVERLAPS _Pragma("clang loop vectorize(assume_safety)")

// The layers' usual blocks have 16 channels: one vector of the compiler's, whatever the processor's are. Other blocks go
// through a loop over their columns.

/// Two sums for each column of a [space, block] array: of x and x² without a gradient, else of dy and dy · (x - mean).
template <bool is_backward, typename Element>
ALWAYS_INLINE void add_columns(const Element *x, const Element *dy, size_t space, size_t block, const float *mean,
                               double *sums) {
    if (block == 16) {
        doubles16 first = 0, second = 0, center = 0;
        if (is_backward) center = to_doubles(load16(mean));
        for (size_t row = 0; row < space; ++row) {
            doubles16 value = to_doubles(load16(x + 16 * row));
            doubles16 factor = is_backward ? to_doubles(load16(dy + 16 * row)) : value;
            first += factor;
            second += factor * (value - center);
        }
        store16(first, sums);
        return store16(second, sums + 16);
    }
    double *first = sums, *second = sums + block;
    std::fill(first, second + block, 0.0);
    for (size_t row = 0; row < space; ++row, x += block, dy += is_backward ? block : 0) {
        NOTHING_OVERLAPS
        for (size_t column = 0; column < block; ++column) {
            double value = number(x[column]), factor = is_backward ? double(number(dy[column])) : value;
            first[column] += factor;
            second[column] += factor * (is_backward ? value - mean[column] : value);
        }
    }
}

/// y = a · dy + b · x + c by columns, or with `is_backward` false, y = b · x + c. `relu` sets y to 0 where x is.
template <bool is_backward, typename Element>
ALWAYS_INLINE void combine_columns(const Element *x, const Element *dy, size_t space, size_t block, const float *a,
                                   const float *b, const float *c, bool relu, Element *y) {
    if (block == 16) {
        const floats16 factor = load16(is_backward ? a : b), slope = load16(b), offset = load16(c);
        for (size_t row = 0; row < space; ++row) {
            floats16 value = load16(x + 16 * row), result = slope * value + offset;
            if (is_backward) {
                result += factor * load16(dy + 16 * row);
                if (relu) result = value > 0 ? result : 0;
            }
            store16(result, y + 16 * row);
        }
        return;
    }
    for (size_t row = 0; row < space; ++row) {
        NOTHING_OVERLAPS
        for (size_t column = 0; column < block; ++column) {
            const size_t i = row * block + column;
            float value = number(x[i]), result = b[column] * value + c[column];
            if (is_backward) {
                result += a[column] * number(dy[i]);
                if (relu && !(value > 0)) result = 0;
            }
            y[i] = element<Element>(result);
        }
    }
}

// A template cannot be multiversioned itself, hence a function for each type and pass.

#define FOR_TYPE(Element)                                                                                             \
    MULTIVERSIONED void add(const Element *x, size_t space, size_t block, double *sums) {                              \
        add_columns<false>(x, static_cast<const Element *>(nullptr), space, block, nullptr, sums);                         \
    }                                                                                                                  \
    MULTIVERSIONED void add_backward(const Element *x, const Element *dy, size_t space, size_t block,                  \
                                     const float *mean, double *sums) {                                                \
        add_columns<true>(x, dy, space, block, mean, sums);                                                                \
    }                                                                                                                  \
    MULTIVERSIONED void combine(const Element *x, size_t space, size_t block, const float *b, const float *c,          \
                                Element *y) {                                                                          \
        combine_columns<false>(x, static_cast<const Element *>(nullptr), space, block, nullptr, b, c, false, y);           \
    }                                                                                                                  \
    MULTIVERSIONED void combine_backward(const Element *x, const Element *dy, size_t space, size_t block,              \
                                         const float *a, const float *b, const float *c, bool relu, Element *y) {      \
        combine_columns<true>(x, dy, space, block, a, b, c, relu, y);                                                      \
    }
FOR_TYPE(float)
FOR_TYPE(bfloat16)
#undef FOR_TYPE

/// An array of activations, in pieces: one piece is one block of channels of one example, [space, block].
struct Pieces {
    size_t batch, channels, space, block, padded, count;

    explicit Pieces(const kernel_channels &s)
        : batch(s.batch),
          channels(s.channels),
          space(s.space),
          block(s.block),
          padded((s.channels + s.block - 1) / s.block * s.block),
          count(s.batch * (padded / s.block)) {}

    /// Calls `body(piece, first element, first channel)` for each piece, on all threads if there is enough to do.
    template <typename Body>
    void for_each(const Body &body) const {
        size_t grain = count * space * block < 32768 ? count + 1 : 1;
        parallel_ranges(
            count,
            [&](size_t begin, size_t end) {
                for (size_t piece = begin; piece < end; ++piece)
                    body(piece, piece * space * block, piece * block % padded);
            },
            grain, 1);
    }

    /// Adds up the pieces' two sums for one channel, in the examples' order.
    void total(const double *sums, size_t channel, double *first, double *second) const {
        *first = *second = 0;
        const size_t pieces_each = padded / block, offset = channel / block * 2 * block + channel % block;
        for (size_t example = 0; example < batch; ++example) {
            const double *own = sums + example * pieces_each * 2 * block + offset;
            *first += own[0];
            *second += own[block];
        }
    }

    double elements() const { return double(batch) * double(space); }
};

/// The scratch memory: the pieces' sums, then three float32 factors for each channel.
struct Scratch {
    double *sums;
    float *a, *b, *c;

    Scratch(double *scratch, const Pieces &p) : sums(scratch) {
        a = reinterpret_cast<float *>(sums + 2 * p.batch * p.padded);
        b = a + p.padded;
        c = b + p.padded;
        // Channels that only fill up the last block stay 0.
        std::fill(a, c + p.padded, 0.f);
    }
};

}  // namespace

size_t kernel_batch_normalization_scratch(const kernel_channels *shape) {
    Pieces p(*shape);
    return 2 * p.batch * p.padded + 2 * p.padded;
}

void kernel_batch_statistics(const kernel_channels *shape, const void *source, float *mean, float *variance,
                             double *scratch) {
    const Pieces p(*shape);
    with_element_type(shape->type, [&](auto zero) {
        auto x = static_cast<const decltype(zero) *>(source);
        p.for_each([&](size_t piece, size_t first, size_t) {
            add(x + first, p.space, p.block, scratch + 2 * piece * p.block);
        });
    });
    for (size_t channel = 0; channel < p.channels; ++channel) {
        double sum, squares;
        p.total(scratch, channel, &sum, &squares);
        double average = sum / p.elements();
        mean[channel] = static_cast<float>(average);
        // With float64's 53 bits the difference is exact enough, unless the mean is millions of deviations away from 0.
        variance[channel] = static_cast<float>(std::max(squares / p.elements() - average * average, 0.0));
    }
}

void kernel_batch_normalization(const kernel_channels *shape, const void *source, const float *mean,
                                const float *variance, const float *gamma, const float *beta, float epsilon,
                                void *destination, double *scratch) {
    const Pieces p(*shape);
    const Scratch s(scratch, p);
    kernel_normalization_factors(p.channels, mean, variance, gamma, beta, epsilon, s.b, s.c);
    kernel_rescale(shape, source, s.b, s.c, destination);
}

void kernel_rescale(const kernel_channels *shape, const void *source, const float *scale, const float *shift,
                    void *destination) {
    const Pieces p(*shape);
    with_element_type(shape->type, [&](auto zero) {
        auto x = static_cast<const decltype(zero) *>(source);
        auto y = static_cast<decltype(zero) *>(destination);
        p.for_each([&](size_t, size_t first, size_t channel) {
            combine(x + first, p.space, p.block, scale + channel, shift + channel, y + first);
        });
    });
}

void kernel_normalization_factors(size_t channels, const float *mean, const float *variance, const float *gamma,
                                  const float *beta, float epsilon, float *scale, float *shift) {
    for (size_t channel = 0; channel < channels; ++channel) {
        double factor = gamma[channel] / std::sqrt(double(variance[channel]) + epsilon);
        scale[channel] = static_cast<float>(factor);
        shift[channel] = static_cast<float>(beta[channel] - mean[channel] * factor);
    }
}

void kernel_batch_normalization_backward(const kernel_channels *shape, const void *source,
                                         const void *destination_gradient, const float *mean, const float *variance,
                                         const float *gamma, float epsilon, bool relu, void *source_gradient,
                                         float *gamma_gradient, float *beta_gradient, double *scratch) {
    const Pieces p(*shape);
    const Scratch s(scratch, p);
    with_element_type(shape->type, [&](auto zero) {
        auto x = static_cast<const decltype(zero) *>(source);
        auto dy = static_cast<const decltype(zero) *>(destination_gradient);
        // The means of channels that only fill up a block are not there; their gradients are 0.
        p.for_each([&](size_t piece, size_t first, size_t channel) {
            add_backward(x + first, dy + first, p.space, p.block, mean + channel, s.sums + 2 * piece * p.block);
        });
        for (size_t channel = 0; channel < p.channels; ++channel) {
            double sum, products;
            p.total(s.sums, channel, &sum, &products);
            double inverse = 1 / std::sqrt(double(variance[channel]) + epsilon), a = gamma[channel] * inverse;
            double b = -a * inverse * inverse * products / p.elements();
            s.a[channel] = static_cast<float>(a);
            s.b[channel] = static_cast<float>(b);
            s.c[channel] = static_cast<float>(-a * sum / p.elements() - b * mean[channel]);
            gamma_gradient[channel] = static_cast<float>(products * inverse);
            beta_gradient[channel] = static_cast<float>(sum);
        }
        auto dx = static_cast<decltype(zero) *>(source_gradient);
        p.for_each([&](size_t, size_t first, size_t channel) {
            combine_backward(x + first, dy + first, p.space, p.block, s.a + channel, s.b + channel, s.c + channel,
                             relu, dx + first);
        });
    });
}
