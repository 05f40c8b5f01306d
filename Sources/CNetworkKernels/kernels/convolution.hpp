#pragma once
// Convolutions of any size, by the definition: every output pixel is a product of the source's pixels under the window, which
// lie in `kernel_height` runs of memory, with the weights. Tiles of a few pixels by two vectors of channels.

#include "convolution_weights.hpp"
#include "epilogue.hpp"
#include "patch.hpp"
#include "product.hpp"

namespace {

/// A convolution without the directions' names: the forward pass, or that of the gradient, which goes from the destination's
/// channels to the source's.
struct Window {
    size_t batch, height, width, depth;
    size_t output_height, output_width, channels;
    size_t kernel_height, kernel_width, top, left;

    explicit Window(const kernel_convolution &s)
        : batch(s.batch), height(s.height), width(s.width), depth(s.input_channels), output_height(s.output_height),
          output_width(s.output_width), channels(s.output_channels), kernel_height(s.kernel_height),
          kernel_width(s.kernel_width), top(s.padding_top), left(s.padding_left) {
        const bool is_point = kernel_height == 1 && kernel_width == 1 && height == output_height && width == output_width;
        // Neighbors do not matter: all pixels are one row.
        if (is_point) {
            width = output_width = batch * height * width;
            batch = height = output_height = 1;
        }
    }

    /// The convolution of the destination's gradient with the turned weights.
    Window turned() const {
        Window other = *this;
        std::swap(other.height, other.output_height);
        std::swap(other.width, other.output_width);
        std::swap(other.depth, other.channels);
        other.top = kernel_height - 1 - top;
        other.left = kernel_width - 1 - left;
        return other;
    }

    size_t taps() const { return kernel_height * kernel_width * depth; }
};

/// How a convolution is cut into tasks: rectangles of output pixels whose patches stay in the second-level cache.
struct Tasks {
    static constexpr size_t patch_bytes = 96 << 10;
    size_t rows, columns, row_count, column_count, count, patch_values;

    Tasks(const Window &w, size_t threads) {
        columns = w.output_height == 1 ? std::min<size_t>(w.output_width, 512) : w.output_width;
        const size_t pixel_row = (columns + w.kernel_width - 1) * w.depth * sizeof(float);
        const size_t fitting = patch_bytes / pixel_row;
        rows = std::clamp<size_t>(fitting > w.kernel_height ? fitting - w.kernel_height + 1 : 1, 1, w.output_height);
        // A few images are cut further, so that all threads have something to do.
        if (w.batch < 4 * threads) rows = std::min(rows, std::max<size_t>(w.batch * w.output_height / (4 * threads), 1));
        row_count = (w.output_height + rows - 1) / rows;
        column_count = (w.output_width + columns - 1) / columns;
        count = w.batch * row_count * column_count;
        patch_values = (rows + w.kernel_height - 1) * (columns + w.kernel_width - 1) * w.depth;
    }
};

/// One rectangle of output pixels.
struct Task {
    size_t image, y, x, rows, columns;

    Task(size_t index, const Tasks &t, const Window &w) {
        image = index / (t.row_count * t.column_count);
        const size_t place = index % (t.row_count * t.column_count);
        y = place / t.column_count * t.rows;
        x = place % t.column_count * t.columns;
        rows = std::min(t.rows, w.output_height - y);
        columns = std::min(t.columns, w.output_width - x);
    }
};

/// A tile of `count` pixels of one row of a patch: the sums over all taps.
template <size_t count, size_t columns>
INLINE void sum_taps(const Window &w, const Patch &patch, const float *source, const float *weights,
                     Vector (&tile)[count][columns]) {
    const size_t run = w.kernel_width * w.depth;
    clear(tile);
    for (size_t row = 0; row < w.kernel_height; ++row)
        add_products(source + row * patch.row_stride, w.depth, 1, weights + row * run * columns * lanes, columns * lanes,
                     run, tile);
}

/// The output channels of one panel for one task.
template <size_t columns, typename Value>
void convolve_panel(const Window &w, const Task &task, const Patch &patch, const float *weights, size_t channel,
                    const kernel_epilogue &epilogue, Value *destination) {
    const size_t last = channel + (columns - 1) * lanes, present = std::min(w.channels - last, lanes);
    for (size_t row = 0; row < task.rows; ++row) {
        Value *out = destination +
                     ((task.image * w.output_height + task.y + row) * w.output_width + task.x) * w.channels + channel;
        for_each_tile(task.columns, [&](size_t begin, size_t end) __attribute__((always_inline)) {
            with_rows(end - begin, [&](auto count) __attribute__((always_inline)) {
                Vector tile[count][columns];
                sum_taps(w, patch, patch.values + row * patch.row_stride + begin * w.depth, weights, tile);
                UNROLL
                for (size_t column = 0; column < columns; ++column) {
                    const size_t there = column + 1 < columns ? lanes : present;
                    const Finish finish(epilogue, channel + column * lanes, there);
                    UNROLL
                    for (size_t pixel = 0; pixel < count; ++pixel) {
                        Value *to = out + (begin + pixel) * w.channels + column * lanes;
                        const Vector result = finish(tile[pixel][column]);
                        if (there == lanes) {
                            store(to, result);
                        } else {
                            store_first(to, result, there);
                        }
                    }
                }
            });
        });
    }
}

template <typename Value>
void convolve(const Window &w, const Value *source, const Value *mask, const float *packed,
              const kernel_epilogue &epilogue, Value *destination, float *scratch, size_t threads) {
    const Tasks tasks(w, threads);
    const Images<Value> images{source, mask, w.height, w.width, w.depth};
    parallel::chunks(threads, tasks.count, 1, [&](size_t thread, size_t index, size_t) {
        const Task task(index, tasks, w);
        const Patch patch =
            images.patch(task.image, task.y, task.x, task.rows + w.kernel_height - 1, task.columns + w.kernel_width - 1,
                         w.top, w.left, scratch + thread * tasks.patch_values);
        for_each_panel(w.channels, [&](size_t channel, auto columns) {
            convolve_panel<columns>(w, task, patch, packed + channel * w.taps(), channel, epilogue, destination);
        });
    });
}

inline void convolution_forward(const kernel_convolution *shape, const void *source, const float *packed,
                         const kernel_epilogue *epilogue, void *destination, void *scratch, size_t threads) {
    with_element_type(shape->type, [&](auto zero) {
        using Value = decltype(zero);
        convolve(Window(*shape), static_cast<const Value *>(source), static_cast<const Value *>(nullptr), packed,
                 *epilogue, static_cast<Value *>(destination), static_cast<float *>(scratch), threads);
    });
}

inline void convolution_source_gradient(const kernel_convolution *shape, const void *destination_gradient, const void *mask,
                                 const float *packed, void *source_gradient, void *scratch, size_t threads) {
    with_element_type(shape->type, [&](auto zero) {
        using Value = decltype(zero);
        convolve(Window(*shape).turned(), static_cast<const Value *>(destination_gradient),
                 static_cast<const Value *>(mask), packed, kernel_epilogue{}, static_cast<Value *>(source_gradient),
                 static_cast<float *>(scratch), threads);
    });
}

}  // namespace

#include "convolution_weight_gradients.hpp"

namespace {

inline size_t convolution_scratch(const kernel_convolution *shape, size_t threads) {
    const Window w(*shape);
    const size_t forward = Tasks(w, threads).patch_values, backward = Tasks(w.turned(), threads).patch_values;
    return threads * std::max({forward * sizeof(float), backward * sizeof(float), WeightSums(w, threads).bytes()});
}

const kernel_convolutions direct_convolutions = {
    convolution_packed_count, convolution_pack, convolution_scratch, convolution_forward, convolution_source_gradient,
    convolution_weight_gradients,
};

}  // namespace
