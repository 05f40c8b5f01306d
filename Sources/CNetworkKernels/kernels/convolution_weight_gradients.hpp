#pragma once
// The gradients of a convolution's weights and bias: for every tap, the products of the source's values under it with the
// destination's gradient, summed over all pixels. Each thread sums over its own tasks; the sums are added in the threads'
// order.

namespace {

/// A thread's scratch memory.
struct WeightSums {
    size_t taps, channels, source, gradient;

    WeightSums(const Window &w, size_t threads) : taps(w.taps()), channels(rounded_up(w.channels, lanes)) {
        const Tasks tasks(w, threads);
        source = rounded_up(tasks.patch_values, 16);
        gradient = rounded_up(tasks.rows * tasks.columns * channels, 16);
    }

    /// The bias's sums in float64, then the weights' sums, a patch of the source, and one of the gradient.
    size_t bytes() const { return channels * sizeof(double) + (rounded_up(taps * channels, 16) + source + gradient) * sizeof(float); }

    double *bias(void *scratch, size_t thread) const {
        return reinterpret_cast<double *>(static_cast<char *>(scratch) + thread * bytes());
    }
    float *weights(void *scratch, size_t thread) const {
        return reinterpret_cast<float *>(bias(scratch, thread) + channels);
    }
    float *source_patch(void *scratch, size_t thread) const {
        return weights(scratch, thread) + rounded_up(taps * channels, 16);
    }
    float *gradient_patch(void *scratch, size_t thread) const { return source_patch(scratch, thread) + source; }
};

/// A task's gradient as float32, in rows of whole vectors.
template <typename Value>
Patch gradient_patch(const Window &w, const Task &task, const Value *gradient, const Value *mask, size_t channels,
                     float *memory) {
    const size_t first = (task.image * w.output_height + task.y) * w.output_width + task.x;
    const bool fills_vectors = channels == w.channels;
    if constexpr (std::is_same_v<Value, float>) {
        if (!mask && fills_vectors) return {gradient + first * channels, w.output_width * channels};
    }
    for (size_t row = 0; row < task.rows; ++row) {
        const size_t from = (first + row * w.output_width) * w.channels;
        float *to = memory + row * task.columns * channels;
        if (fills_vectors) {
            copy_run(gradient + from, mask ? mask + from : nullptr, task.columns * channels, to);
            continue;
        }
        for (size_t pixel = 0; pixel < task.columns; ++pixel) {
            const size_t place = from + pixel * w.channels;
            copy_run(gradient + place, mask ? mask + place : nullptr, w.channels, to + pixel * channels);
            std::fill(to + pixel * channels + w.channels, to + (pixel + 1) * channels, 0.f);
        }
    }
    return {memory, task.columns * channels};
}

/// Adds one task's products of `columns` vectors of channels to sums[taps][channels].
template <size_t columns>
void add_weight_products(const Window &w, const Task &task, const Patch &source, const Patch &gradient, size_t channels,
                         float *sums) {
    const size_t run = w.kernel_width * w.depth;
    for (size_t window_row = 0; window_row < w.kernel_height; ++window_row) {
        for_each_tile(run, [&](size_t begin, size_t end) __attribute__((always_inline)) {
            with_rows(end - begin, [&](auto count) __attribute__((always_inline)) {
                Vector tile[count][columns];
                clear(tile);
                for (size_t row = 0; row < task.rows; ++row)
                    add_products(source.values + (row + window_row) * source.row_stride + begin, 1, w.depth,
                                 gradient.values + row * gradient.row_stride, channels, task.columns, tile);
                // Each task's sum is made apart and then added: long sums stay accurate.
                float *sum = sums + (window_row * run + begin) * channels;
                UNROLL
                for (size_t tap = 0; tap < count; ++tap) {
                    UNROLL
                    for (size_t column = 0; column < columns; ++column) {
                        float *place = sum + tap * channels + column * lanes;
                        store(place, load(place) + tile[tap][column]);
                    }
                }
            });
        });
    }
}

inline void add_bias_gradient(const Task &task, const Patch &gradient, size_t channels, double *sums) {
    for (size_t channel = 0; channel < channels; channel += lanes) {
        Doubles sum = load(sums + channel);
        for (size_t row = 0; row < task.rows; ++row)
            for (size_t pixel = 0; pixel < task.columns; ++pixel)
                sum += to_doubles(load(gradient.values + row * gradient.row_stride + pixel * channels + channel));
        store(sums + channel, sum);
    }
}

template <typename Value>
void sum_weight_gradients(const Window &w, const Images<Value> &images, const Value *gradient, const Value *mask,
                          float *weight_gradient, float *bias_gradient, void *scratch, size_t threads) {
    const Tasks tasks(w, threads);
    const WeightSums own(w, threads);
    const size_t channels = own.channels;
    // Little work stays on one thread: a second one is not worth waking, nor its sums.
    const bool is_small = w.batch * w.output_height * w.output_width * w.taps() * channels < (1 << 17);
    size_t present = 1;
    parallel::team(is_small ? 1 : threads, [&](size_t thread, size_t team) {
        if (thread == 0) present = team;
        float *sums = own.weights(scratch, thread);
        double *bias = own.bias(scratch, thread);
        std::fill_n(sums, own.taps * channels, 0.f);
        std::fill_n(bias, channels, 0.0);
        const auto [begin, end] = parallel::share(tasks.count, 1, thread, team);
        for (size_t index = begin; index < end; ++index) {
            const Task task(index, tasks, w);
            const Patch source = images.patch(task.image, task.y, task.x, task.rows + w.kernel_height - 1,
                                              task.columns + w.kernel_width - 1, w.top, w.left,
                                              own.source_patch(scratch, thread));
            const Patch patch =
                gradient_patch(w, task, gradient, mask, channels, own.gradient_patch(scratch, thread));
            for_each_panel(channels, [&](size_t channel, auto columns) {
                add_weight_products<columns>(w, task, source, {patch.values + channel, patch.row_stride}, channels,
                                             sums + channel);
            });
            if (bias_gradient) add_bias_gradient(task, patch, channels, bias);
        }
    });
    for (size_t tap = 0; tap < own.taps; ++tap) {
        for (size_t channel = 0; channel < w.channels; ++channel) {
            float sum = 0;
            for (size_t thread = 0; thread < present; ++thread)
                sum += own.weights(scratch, thread)[tap * channels + channel];
            weight_gradient[tap * w.channels + channel] = sum;
        }
    }
    if (!bias_gradient) return;
    for (size_t channel = 0; channel < w.channels; ++channel) {
        double sum = 0;
        for (size_t thread = 0; thread < present; ++thread) sum += own.bias(scratch, thread)[channel];
        bias_gradient[channel] = float(sum);
    }
}

inline void convolution_weight_gradients(const kernel_convolution *shape, const void *source,
                                  const void *destination_gradient, const void *mask, float *weight_gradient,
                                  float *bias_gradient, void *scratch, size_t threads) {
    with_element_type(shape->type, [&](auto zero) {
        using Value = decltype(zero);
        const Window w(*shape);
        const Images<Value> images{static_cast<const Value *>(source), nullptr, w.height, w.width, w.depth};
        sum_weight_gradients(w, images, static_cast<const Value *>(destination_gradient),
                             static_cast<const Value *>(mask), weight_gradient, bias_gradient, scratch, threads);
    });
}

}  // namespace
