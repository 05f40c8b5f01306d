#pragma once
// A wide dense layer's backward pass. The weights are larger than the caches, and what a step of training costs is
// mostly their way from memory and back. So a few rows of them are taken at a time, and everything that is to be done with
// them is done while they are in cache: the source's gradient, their own gradient, and Adam.

#include "dense_numbers.hpp"

namespace {
namespace dense {

/// Where the backward pass's scratch memory lies: the destination's gradient in panels of units
/// [units / panel][batch][panel] and in panels of examples [batch / panel][units][panel], and what each thread needs for
/// a turn.
template <typename Numbers>
struct BackwardPlan {
    using Number = typename Numbers::Number;
    size_t examples, columns, padded, gradient, transposed, inputs, weights, result, each, bytes;

    BackwardPlan(const kernel_dense &s, size_t threads) {
        examples = (s.batch + Numbers::together - 1) / Numbers::together;
        columns = s.units / Numbers::together;
        padded = rounded_up(s.batch, panel);
        gradient = examples * s.units;
        transposed = columns * padded;
        inputs = rounded_up(examples * inputs_at_once, 16);
        weights = Numbers::together > 1 ? inputs_at_once * columns : 0;
        result = inputs_at_once * padded;
        each = inputs + weights + result;
        bytes = (gradient + transposed + threads * each) * sizeof(Number);
    }
};

/// What the backward pass works on.
template <typename Numbers>
struct Backward {
    using Number = typename Numbers::Number;
    using Value = typename Numbers::Value;
    kernel_dense shape;
    BackwardPlan<Numbers> plan;
    const Value *source;
    Value *source_gradient;
    const Number *gradient, *transposed;
    float *weights, *weight_gradient, *first_moment, *second_moment;
    kernel_adam adam;

    /// source_gradient = destination_gradient · weightsᵀ for `count` inputs from `k` on.
    void find_source_gradient(size_t k, size_t count, Number *scratch, float *result) const {
        const size_t units = shape.units, padded = plan.padded, columns = plan.columns;
        const Number *left = Numbers::weight_columns(weights + k * units, count, units, scratch);
        // Meanwhile the moments of these weights are fetched.
        Ahead ahead(count * units, (count + rows - 1) / rows * (padded / panel) * Ahead::turns_of(columns));
        if (!weight_gradient) {
            ahead.add(first_moment + k * units);
            ahead.add(second_moment + k * units);
        }
        for (size_t n = 0; n < padded; n += panel) {
            const Number *right = transposed + n * columns;
            for (size_t row = 0; row < count; row += rows) {
                with_rows<rows>(std::min(rows, count - row), [&](auto present) __attribute__((always_inline)) {
                    Vector tile[present][tile_columns];
                    clear(tile);
                    add_products_fetching(left + row * columns, columns, 1, right, panel, columns, tile, ahead);
                    store_tile(tile, result + row * padded + n, padded);
                });
            }
        }
        for (size_t n = 0; n < shape.batch; ++n)
            for (size_t row = 0; row < count; ++row)
                source_gradient[n * shape.inputs + k + row] = element<Value>(result[row * padded + n]);
    }

    /// Adam on one tile of weights, whose gradient is in registers. `elementwise.adam` has the same formula.
    template <size_t present>
    INLINE void update(size_t offset, const Vector (&gradient)[present][tile_columns]) const {
        UNROLL
        for (size_t row = 0; row < present; ++row) {
            UNROLL
            for (size_t column = 0; column < tile_columns; ++column) {
                const size_t i = offset + row * shape.units + column * lanes;
                const Vector g = gradient[row][column];
                Vector m = load(first_moment + i), v = load(second_moment + i);
                m += (g - m) * (1 - adam.beta1);
                v += (g * g - v) * (1 - adam.beta2);
                store(first_moment + i, m);
                store(second_moment + i, v);
                store(weights + i, load(weights + i) - adam.step_size * m / (square_root(v) + adam.epsilon));
            }
        }
    }

    /// weight_gradient = sourceᵀ · destination_gradient, or Adam's step with it, for `count` inputs from `k` on.
    void find_weight_gradient(size_t k, size_t count, bool is_last, Number *inputs) const {
        const size_t batch = shape.batch, units = shape.units;
        for (size_t n = 0; n < plan.examples; ++n) {
            const size_t example = n * Numbers::together;
            Numbers::copy_examples(source + example * shape.inputs + k, shape.inputs, batch - example, count,
                                   inputs + n * inputs_at_once);
        }
        // Meanwhile the next weights are fetched.
        Ahead ahead(is_last ? 0 : inputs_at_once * units,
                    units / panel * ((count + rows - 1) / rows) * Ahead::turns_of(plan.examples));
        const size_t next = (k + inputs_at_once) * units;
        if (source_gradient || !weight_gradient) ahead.add(weights + next);
        if (!source_gradient && !weight_gradient) {
            ahead.add(first_moment + next);
            ahead.add(second_moment + next);
        }
        for (size_t u = 0; u < units; u += panel) {
            for (size_t row = 0; row < count; row += rows) {
                with_rows<rows>(std::min(rows, count - row), [&](auto present) __attribute__((always_inline)) {
                    Vector tile[present][tile_columns];
                    clear(tile);
                    add_products_fetching(inputs + row, 1, inputs_at_once, gradient + u * plan.examples, panel,
                                          plan.examples, tile, ahead);
                    const size_t offset = (k + row) * units + u;
                    if (weight_gradient) {
                        store_tile(tile, weight_gradient + offset, units);
                    } else {
                        update(offset, tile);
                    }
                });
            }
        }
    }

    /// Everything for the inputs `begin` to `end`.
    void run(size_t begin, size_t end, Number *scratch) const {
        const auto packed_weights = scratch + plan.inputs;
        const auto result = reinterpret_cast<float *>(packed_weights + plan.weights);
        for (size_t k = begin; k < end; k += inputs_at_once) {
            const size_t count = std::min(inputs_at_once, end - k);
            // First, because Adam changes the weights.
            if (source_gradient) find_source_gradient(k, count, packed_weights, result);
            find_weight_gradient(k, count, k + inputs_at_once >= end, scratch);
        }
    }
};

template <typename Numbers>
void backward(const kernel_dense &s, const kernel_dense_gradients &g, void *scratch, size_t threads) {
    using Number = typename Numbers::Number;
    using Value = typename Numbers::Value;
    const BackwardPlan<Numbers> plan(s, threads);
    Number *gradient = static_cast<Number *>(scratch), *transposed = gradient + plan.gradient;
    const size_t panels = s.units / panel;
    parallel::ranges(
        threads, panels,
        [&](size_t begin, size_t end) {
            for (size_t u = begin * panel; u < end * panel; u += panel) {
                Numbers::pack_rows(g.destination_gradient + u, s.units, s.batch, 1, gradient + u * plan.examples, 0);
                for (size_t n = 0; g.source_gradient && n < s.batch; n += panel)
                    Numbers::transpose(g.destination_gradient + n * s.units + u, s.units, std::min(panel, s.batch - n),
                                       panel, transposed + n * plan.columns + u / Numbers::together * panel);
            }
        },
        16384 / (s.batch * panel) + 1, 1);
    const Backward<Numbers> pass{s,
                                 plan,
                                 static_cast<const Value *>(g.source),
                                 static_cast<Value *>(g.source_gradient),
                                 gradient,
                                 transposed,
                                 g.weights,
                                 g.weight_gradient,
                                 g.first_moment,
                                 g.second_moment,
                                 g.adam};
    Number *of_threads = transposed + plan.transposed;
    // At least four chunks for each thread, but none so short that its first rows, which nobody fetched ahead, count.
    const size_t turns = std::clamp<size_t>(s.inputs / (4 * threads * inputs_at_once), 1, 256 / inputs_at_once);
    parallel::chunks(threads, s.inputs, turns * inputs_at_once, [&](size_t thread, size_t begin, size_t end) {
        pass.run(begin, end, of_threads + thread * plan.each);
    });
}

}  // namespace dense
}  // namespace
