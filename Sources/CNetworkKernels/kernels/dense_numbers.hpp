#pragma once
// What the multiply-adds of a dense layer take: single float32 numbers here, pairs of bfloat16 in dense_pairs.hpp. Both
// have the same functions, and the passes are written once for either.

#include "product.hpp"

namespace {
namespace dense {

/// Rows of a tile. With 32 registers, sixteen sums hide a multiply-add's latency.
constexpr size_t rows = REGISTERS == 32 ? 8 : 6;
/// Inputs per turn of the forward pass: one panel of their weights stays in the L1 cache.
constexpr size_t depth = REGISTERS == 32 ? 64 : 128;
/// Panels of weights that are packed together: several cache lines of each row come faster than single ones.
constexpr size_t panels_together = 4;
/// Inputs per turn of the backward pass: their weights and moments stay in the L2 cache.
constexpr size_t inputs_at_once = REGISTERS == 32 ? 16 : 12;

/// Panels of rows of numbers, the first at `numbers`.
template <typename Number>
struct Panels {
    const Number *numbers;
    size_t row_stride, panel_stride;
};

/// Float32 numbers, from a source of either type.
template <typename Element>
struct Singles {
    using Value = Element;
    using Number = float;
    /// Values that are multiplied and summed at once.
    static constexpr size_t together = 1;

    /// Packs `panels` neighbouring panels of `count` rows, each of them into `panel_stride` numbers.
    static INLINE void pack_rows(const float *from, size_t stride, size_t count, size_t panels, float *to,
                                 size_t panel_stride) {
        for (size_t row = 0; row < count; ++row) {
            for (size_t p = 0; p < panels; ++p) {
                const float *values = from + row * stride + p * panel;
                float *numbers = to + p * panel_stride + row * panel;
                UNROLL
                for (size_t column = 0; column < panel; column += lanes) store(numbers + column, load(values + column));
            }
        }
    }

    /// The same for weights. Rows that lie a power of two apart push each other out of the small L1 cache of processors
    /// with 16 registers; those with 32 take them as they lie.
    static INLINE Panels<float> weight_rows(const float *from, size_t stride, size_t count, size_t panels,
                                            float *scratch) {
        if (REGISTERS == 32) return {from, stride, panel};
        pack_rows(from, stride, count, panels, scratch, count * panel);
        return {scratch, panel, count * panel};
    }

    /// Whole rows of weights, whose columns will be summed over.
    static INLINE const float *weight_columns(const float *from, size_t, size_t, float *) { return from; }

    /// `count` inputs of one example, which will be summed over.
    static INLINE void copy_inputs(const Value *from, size_t count, float *to) {
        for (size_t i = 0; i < count; ++i) to[i] = number(from[i]);
    }

    /// `count` inputs of one example, which is to be summed with others: of `left` examples that lie `stride` apart.
    static INLINE void copy_examples(const Value *from, size_t, size_t, size_t count, float *to) {
        for (size_t i = 0; i < count; ++i) to[i] = number(from[i]);
    }

    /// One panel's rows become columns: to[unit][example] from [example][unit], zeros behind the last example.
    static INLINE void transpose(const float *from, size_t stride, size_t examples, size_t units, float *to) {
        for (size_t unit = 0; unit < units; ++unit)
            for (size_t n = 0; n < panel; ++n) to[unit * panel + n] = n < examples ? from[n * stride + unit] : 0;
    }
};

/// Cache lines that are asked for ahead of their use, evenly over many turns of other work.
struct Ahead {
    const float *arrays[3] = {};
    size_t count = 0, lines = 0, turns = 1, due = 0, fetched = 0;

    /// `lines` of each array that is added.
    Ahead(size_t values, size_t turns) : lines(values / 16), turns(turns) {}
    void add(const float *array) { arrays[count++] = array; }

    /// Steps of a product between two turns. Few with vectors of 16, where asking for few lines at a time was faster; with shorter
    /// ones it was not.
    static constexpr size_t steps = lanes == 16 ? 8 : 64;
    static constexpr size_t turns_of(size_t count) { return (count + steps - 1) / steps; }

    INLINE void turn() {
        if (!count) return;
        for (due += lines; due >= turns; due -= turns, ++fetched)
            for (size_t i = 0; i < count; ++i) __builtin_prefetch(arrays[i] + fetched * 16, 0, 2);
    }
};

/// `add_products` with a turn of `ahead` every few steps.
template <typename Number, size_t rows, size_t columns>
INLINE void add_products_fetching(const Number *a, size_t row_stride, size_t step, const Number *b, size_t b_stride,
                                  size_t count, Vector (&sums)[rows][columns], Ahead &ahead) {
    for (size_t k = 0; k < count; k += Ahead::steps) {
        add_products(a + k * step, row_stride, step, b + k * b_stride, b_stride, std::min(Ahead::steps, count - k), sums);
        ahead.turn();
    }
}

}  // namespace dense
}  // namespace
