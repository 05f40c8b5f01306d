#pragma once
// A wide dense layer's forward pass. The inputs are summed over in parts, each of which reads only its own rows of
// weights, once and in their order.

#include "dense_numbers.hpp"
#include "epilogue.hpp"

namespace {
namespace dense {

/// How the forward pass is cut and where its scratch memory lies: each part's sums, in panels of units
/// [units / panel][batch][panel], and for each thread a turn's inputs and a panel of weights.
template <typename Numbers>
struct ForwardPlan {
    using Number = typename Numbers::Number;
    static constexpr size_t inputs_per_part = 512, most_parts = 8, steps = depth / Numbers::together;
    size_t parts, sums, inputs, each, bytes;

    /// More parts than threads where those are few, so that one that is held up can leave its parts to the others.
    ForwardPlan(const kernel_dense &s, size_t threads) {
        parts = std::clamp(s.inputs / inputs_per_part, threads, std::max(threads, most_parts));
        parts = std::min(parts, (s.inputs + depth - 1) / depth);
        sums = s.batch * s.units;
        inputs = rounded_up(s.batch * steps, 16);
        each = inputs + panels_together * steps * panel;
        bytes = parts * sums * sizeof(float) + threads * each * sizeof(Number);
    }
};

/// sums = source · weights, for the inputs `begin` to `end`.
template <typename Numbers>
void sum_products(const kernel_dense &s, const typename Numbers::Value *source, const float *weights, size_t begin,
                  size_t end, float *sums, typename Numbers::Number *inputs, typename Numbers::Number *packed) {
    constexpr size_t steps = ForwardPlan<Numbers>::steps;
    const size_t tiles = (s.batch + rows - 1) / rows;
    for (size_t k = begin; k < end; k += depth) {
        const size_t count = std::min(depth, end - k), used = (count + Numbers::together - 1) / Numbers::together;
        for (size_t n = 0; n < s.batch; ++n) Numbers::copy_inputs(source + n * s.inputs + k, count, inputs + n * steps);
        // The next turn's weights are on their way while this one's are multiplied.
        const size_t next = std::min(k + depth, end);
        Ahead ahead(std::min(depth, end - next) * s.units, tiles * (s.units / panel) * Ahead::turns_of(used));
        ahead.add(weights + next * s.units);
        for (size_t first = 0; first < s.units; first += panels_together * panel) {
            const size_t panels = std::min(panels_together, (s.units - first) / panel);
            const auto right = Numbers::weight_rows(weights + k * s.units + first, s.units, count, panels, packed);
            for (size_t p = 0; p < panels; ++p) {
                for (size_t part = 0; part < tiles; ++part) {
                    const size_t n = s.batch * part / tiles, after = s.batch * (part + 1) / tiles;
                    with_rows<rows>(after - n, [&](auto examples) __attribute__((always_inline)) {
                        Vector tile[examples][tile_columns];
                        float *sum = sums + (first + p * panel) * s.batch + n * panel;
                        if (k == begin) {
                            clear(tile);
                        } else {
                            load_tile(sum, panel, tile);
                        }
                        add_products_fetching(inputs + n * steps, steps, 1, right.numbers + p * right.panel_stride,
                                              right.row_stride, used, tile, ahead);
                        store_tile(tile, sum, panel);
                    });
                }
            }
        }
    }
}

template <typename Numbers>
void forward(const kernel_dense &s, const typename Numbers::Value *source, const float *weights,
             const kernel_epilogue &epilogue, float *destination, float *scratch, size_t threads) {
    const ForwardPlan<Numbers> plan(s, threads);
    const auto rest = reinterpret_cast<typename Numbers::Number *>(scratch + plan.parts * plan.sums);
    parallel::chunks(threads, plan.parts, 1, [&](size_t thread, size_t part, size_t) {
        const auto [begin, end] = parallel::share(s.inputs, depth, part, plan.parts);
        float *sums = scratch + part * plan.sums;
        if (begin >= end) std::fill_n(sums, plan.sums, 0.f);
        const auto inputs = rest + thread * plan.each;
        sum_products<Numbers>(s, source, weights, begin, end, sums, inputs, inputs + plan.inputs);
    });
    const size_t grain = 16384 / (s.batch * panel) + 1;
    parallel::ranges(
        threads, s.units / panel,
        [&](size_t begin, size_t end) {
            for (size_t u = begin * panel; u < end * panel; u += lanes) {
                const Finish finish(epilogue, u, lanes);
                const float *sums = scratch + u / panel * panel * s.batch + u % panel;
                for (size_t n = 0; n < s.batch; ++n) {
                    Vector sum = load(sums + n * panel);
                    for (size_t part = 1; part < plan.parts; ++part) sum += load(sums + part * plan.sums + n * panel);
                    store(destination + n * s.units + u, finish(sum));
                }
            }
        },
        grain, 1);
}

}  // namespace dense
}  // namespace
