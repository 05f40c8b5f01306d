#pragma once
// A dense layer for one example. What it costs is the way of the weights from memory. Half of what comes out of a ReLU is
// 0, and so half of the rows of weights need not be fetched.

#include "epilogue.hpp"

namespace {
namespace dense {

/// Rows that are added at once, so that the sums are seldom read and written.
constexpr size_t rows_together = REGISTERS == 32 ? 16 : 8;
constexpr size_t cache_line = 64 / sizeof(float);

/// An input that is not 0, and its row of weights.
struct Term {
    float value;
    uint32_t row;
};

/// Lists the inputs that are not 0, times their channels' scale. "Not equal", so that a NaN is kept and seen.
inline size_t list_terms(size_t inputs, const float *source, const float *scale, size_t channels, Term *terms) {
    size_t count = 0;
    const auto list = [&](size_t i, float factor) __attribute__((always_inline)) {
        terms[count] = {source[i] * factor, uint32_t(i)};
        count += source[i] != 0;
    };
    if (!scale) {
        for (size_t i = 0; i < inputs; ++i) list(i, 1);
    } else {
        for (size_t first = 0; first < inputs; first += channels)
            for (size_t c = 0; c < std::min(channels, inputs - first); ++c) list(first + c, scale[c]);
    }
    return count;
}

/// sums += the products of `count` terms, for `width` units. Meanwhile the rows of `next` are fetched.
template <size_t count>
INLINE void add_terms(const Term *terms, const Term *next, size_t next_count, const float *weights, size_t units,
                      size_t width, float *sums) {
    const float *row[count], *ahead[count];
    Vector value[count];
    UNROLL
    for (size_t i = 0; i < count; ++i) {
        row[i] = weights + terms[i].row * units;
        ahead[i] = next_count > 0 ? weights + next[std::min(i, next_count - 1)].row * units : row[i];
        value[i] = splat(terms[i].value);
    }
    size_t u = 0;
    for (; u + cache_line <= width; u += cache_line) {
        UNROLL
        for (size_t i = 0; i < count; ++i) __builtin_prefetch(ahead[i] + u, 0, 3);
        UNROLL
        for (size_t v = u; v < u + cache_line; v += lanes) {
            Vector sum = load(sums + v);
            UNROLL
            for (size_t i = 0; i < count; ++i) sum += value[i] * load(row[i] + v);
            store(sums + v, sum);
        }
    }
    for (; u < width; u += lanes) {
        const size_t present = std::min(lanes, width - u);
        Vector sum = load(sums + u);
        UNROLL
        for (size_t i = 0; i < count; ++i)
            sum += value[i] * (present == lanes ? load(row[i] + u) : load_first(row[i] + u, present));
        store(sums + u, sum);
    }
}

/// Each thread lists the terms for itself, and sums its own units.
struct OnePlan {
    size_t terms, sums, each;
    explicit OnePlan(const kernel_dense &s)
        : terms(rounded_up((s.inputs + 1) * sizeof(Term), 64)), sums(rounded_up(s.units, cache_line) * sizeof(float)),
          each(terms + sums) {}
};

inline size_t one_scratch(const kernel_dense *shape, size_t threads) { return threads * OnePlan(*shape).each; }

inline void one(const kernel_dense *shape, const float *source, const float *scale, size_t channels,
                const float *weights, const kernel_epilogue *epilogue, float *destination, void *scratch,
                size_t threads) {
    constexpr size_t worth_waking = 1 << 16;  // weights that are worth a second thread
    const kernel_dense s = *shape;
    const OnePlan plan(s);
    const auto pass = [&](size_t thread, size_t present) {
        // Parts of rows: they are even, and no sums are left to add.
        const auto [begin, end] = parallel::share(s.units, cache_line, thread, present);
        if (begin >= end) return;
        char *own = static_cast<char *>(scratch) + thread * plan.each;
        const auto terms = reinterpret_cast<Term *>(own);
        const auto sums = reinterpret_cast<float *>(own + plan.terms);
        const size_t count = list_terms(s.inputs, source, scale, channels, terms), width = end - begin;
        std::fill_n(sums, rounded_up(width, lanes), 0.f);
        size_t i = 0;
        for (; i + rows_together <= count; i += rows_together) {
            const size_t next = i + rows_together;
            add_terms<rows_together>(terms + i, terms + next, std::min(rows_together, count - next), weights + begin,
                                     s.units, width, sums);
        }
        for (; i < count; ++i) add_terms<1>(terms + i, terms, 0, weights + begin, s.units, width, sums);
        for (size_t u = 0; u < width; u += lanes) {
            const size_t there = std::min(lanes, width - u);
            const Vector result = Finish(*epilogue, begin + u, there)(load(sums + u));
            if (there == lanes) {
                store(destination + begin + u, result);
            } else {
                store_first(destination + begin + u, result, there);
            }
        }
    };
    const size_t most = std::min(threads, (s.units + cache_line - 1) / cache_line);
    parallel::team(s.inputs * s.units < worth_waking ? 1 : most, pass);
}

}  // namespace dense
}  // namespace
