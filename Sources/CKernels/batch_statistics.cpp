#include "CKernels.h"
#include "bfloat16.hpp"
#include "parallel.hpp"

namespace {

using kernels::bfloat16;
using kernels::number;

/// Adds up (x - center)^power over a [space, block] array, power 1 or 2, one sum per column.
template <int power, typename Element>
ALWAYS_INLINE void add_columns(const Element *x, size_t space, size_t block, const double *center, double *sums) {
    for (size_t column = 0; column < block; ++column) sums[column] = 0;
    for (size_t row = 0; row < space; ++row, x += block)
        for (size_t column = 0; column < block; ++column) {
            double value = power == 1 ? double(number(x[column])) : number(x[column]) - center[column];
            sums[column] += power == 1 ? value : value * value;
        }
}

/// The same with the number of columns known to the compiler, which then keeps the sums in registers.
template <int power, size_t block, typename Element>
ALWAYS_INLINE void add_known_columns(const Element *x, size_t space, const double *center, double *sums) {
    double local[block];
    add_columns<power>(x, space, block, center, local);
    for (size_t column = 0; column < block; ++column) sums[column] = local[column];
}

template <int power, typename Element>
ALWAYS_INLINE void add(const Element *x, size_t space, size_t block, const double *center, double *sums) {
    if (block == 16) return add_known_columns<power, 16>(x, space, center, sums);
    if (block == 8) return add_known_columns<power, 8>(x, space, center, sums);
    add_columns<power>(x, space, block, center, sums);
}

MULTIVERSIONED
void add_values(const float *x, size_t space, size_t block, const double *center, double *sums) {
    add<1>(x, space, block, center, sums);
}
MULTIVERSIONED
void add_values(const bfloat16 *x, size_t space, size_t block, const double *center, double *sums) {
    add<1>(x, space, block, center, sums);
}

MULTIVERSIONED
void add_squares(const float *x, size_t space, size_t block, const double *center, double *sums) {
    add<2>(x, space, block, center, sums);
}
MULTIVERSIONED
void add_squares(const bfloat16 *x, size_t space, size_t block, const double *center, double *sums) {
    add<2>(x, space, block, center, sums);
}

template <typename Element>
void batch_statistics(const Element *source, size_t batch, size_t channels, size_t space, size_t block, float *mean,
                      float *variance, double *scratch) {
    size_t padded = (channels + block - 1) / block * block, pieces = batch * (padded / block);
    double *center = scratch, *sums = scratch + padded;
    // One piece is one block of channels of one example; pieces lie one after the other, as their sums do.
    auto average = [&](auto add, double *result) {
        kernels::parallel_ranges(
            pieces,
            [&](size_t begin, size_t end) {
                for (size_t piece = begin; piece < end; ++piece)
                    add(source + piece * space * block, space, block, center + piece * block % padded,
                        sums + piece * block);
            },
            // Count elements, not pieces, to decide whether a second thread is worth waking.
            pieces * space * block < 32768 ? pieces + 1 : 1, 1);
        for (size_t channel = 0; channel < padded; ++channel) {
            double sum = 0;
            for (size_t example = 0; example < batch; ++example) sum += sums[example * padded + channel];
            result[channel] = sum / (double(batch) * double(space));
        }
    };
    average([](auto... arguments) { add_values(arguments...); }, center);
    for (size_t channel = 0; channel < channels; ++channel) mean[channel] = static_cast<float>(center[channel]);
    // The squares are taken around the float64 means, whose place their own averages take in the end.
    average([](auto... arguments) { add_squares(arguments...); }, center);
    for (size_t channel = 0; channel < channels; ++channel) variance[channel] = static_cast<float>(center[channel]);
}

}  // namespace

size_t kernel_batch_statistics_scratch(size_t batch, size_t channels, size_t block) {
    size_t padded = (channels + block - 1) / block * block;
    return (batch + 1) * padded;
}

void kernel_batch_statistics(const void *source, kernel_element_type type, size_t batch, size_t channels, size_t space,
                             size_t block, float *mean, float *variance, double *scratch) {
    kernels::with_element_type(type, [=](auto zero) {
        batch_statistics(static_cast<const decltype(zero) *>(source), batch, channels, space, block, mean, variance,
                         scratch);
    });
}
