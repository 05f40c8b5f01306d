#pragma once
// 3×3 convolutions by Winograd's algorithm: the forward pass and, because that is a convolution too, the gradient with
// respect to the source.

#include "winograd_scratch.hpp"
#include "winograd_tiles.hpp"
#include "winograd_weights.hpp"

namespace {
namespace winograd {

inline Image image(const kernel_convolution &shape) { return {shape.batch, shape.height, shape.width}; }

/// A convolution of `source`, whose channels are `depth`, to `width` channels.
template <typename Value, bool masked>
struct Convolution {
    Image shape;
    size_t depth, width;
    Values<Value, masked> source;
    kernel_epilogue epilogue;
    Value *destination;

    /// Transforms `count` tiles from `first` on, to [36][tiles][depth].
    void transform_sources(size_t first, size_t count, size_t step, float *result) const {
        for (size_t index = 0; index < count; ++index) {
            source.prefetch_ahead(depth, first + index, shape);
            const Tile tile(first + index, shape);
            const Span rows = Span::source(tile.row, shape.height), columns = Span::source(tile.column, shape.width);
            const auto plane = source.at(tile.image * shape.height * shape.width * depth);
            for (size_t channel = 0; channel < depth; channel += lanes)
                transform_tile<input_size, transform_source, false>(plane.at(channel), shape.width, depth, rows,
                                                                    columns, result + index * depth + channel, step);
        }
    }

    void transform_outputs(size_t first, size_t count, size_t step, const float *products) const {
        for (size_t index = 0; index < count; ++index) {
            prefetch_ahead<1>(destination, width, first + index, shape);
            const Tile tile(first + index, shape);
            const Span rows = Span::output(tile.row, shape.height), columns = Span::output(tile.column, shape.width);
            Value *plane = destination + tile.image * shape.height * shape.width * width;
            for (size_t channel = 0; channel < width; channel += lanes)
                transform_to_output(products + index * width + channel, step, Finish(epilogue, channel, lanes),
                                    plane + channel, shape.width, width, rows, columns);
        }
    }

    void run(const float *weights, void *memory, size_t threads) const {
        const Scratch scratch(depth, width);
        const size_t tiles = shape.tiles();
        // A few images are not enough for chunks that keep all threads busy.
        const size_t chunk = std::max<size_t>(std::min(4 * scratch.tiles, (tiles + threads - 1) / threads), 1);
        parallel::chunks(threads, tiles, chunk, [&](size_t thread, size_t begin, size_t end) {
            float *sources = scratch.source(memory, thread), *products = scratch.result(memory, thread);
            for (size_t first = begin; first < end; first += scratch.tiles) {
                const size_t count = std::min(scratch.tiles, end - first);
                transform_sources(first, count, scratch.source_step, sources);
                for (size_t point = 0; point < points; ++point)
                    multiply_point(sources + point * scratch.source_step, weights + point * scratch.weights_step, depth,
                                   width, count, products + point * scratch.result_step);
                transform_outputs(first, count, scratch.result_step, products);
            }
        });
    }
};

inline void forward(const kernel_convolution *shape, const void *source, const float *packed,
                    const kernel_epilogue *epilogue, void *destination, void *scratch, size_t threads) {
    with_element_type(shape->type, [&](auto zero) {
        using Value = decltype(zero);
        const Convolution<Value, false> convolution{image(*shape),
                                                    shape->input_channels,
                                                    shape->output_channels,
                                                    {static_cast<const Value *>(source), nullptr},
                                                    *epilogue,
                                                    static_cast<Value *>(destination)};
        convolution.run(packed, scratch, threads);
    });
}

template <bool masked, typename Value>
void source_gradient_of(const kernel_convolution &shape, Values<Value, masked> gradient, const float *packed,
                        Value *result, void *scratch, size_t threads) {
    const Convolution<Value, masked> convolution{image(shape), shape.output_channels, shape.input_channels, gradient,
                                                 kernel_epilogue{}, result};
    convolution.run(packed, scratch, threads);
}

inline void source_gradient(const kernel_convolution *shape, const void *destination_gradient, const void *mask,
                            const float *packed, void *source_gradient, void *scratch, size_t threads) {
    with_element_type(shape->type, [&](auto zero) {
        using Value = decltype(zero);
        const auto gradient = static_cast<const Value *>(destination_gradient);
        const auto output = static_cast<const Value *>(mask);
        const auto result = static_cast<Value *>(source_gradient);
        if (output) {
            source_gradient_of<true, Value>(*shape, {gradient, output}, packed, result, scratch, threads);
        } else {
            source_gradient_of<false, Value>(*shape, {gradient, nullptr}, packed, result, scratch, threads);
        }
    });
}

}  // namespace winograd
}  // namespace

#include "winograd_weight_gradients.hpp"

namespace {

const kernel_convolutions winograd_convolutions = {
    winograd::packed_count, winograd::pack, winograd::scratch, winograd::forward, winograd::source_gradient,
    winograd::weight_gradients,
};

}  // namespace
