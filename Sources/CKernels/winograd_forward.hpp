#pragma once
// The convolution and, because that is a convolution too, its gradient with respect to the source.

#include "parallel.hpp"
#include "winograd_scratch.hpp"
#include "winograd_tiles.hpp"

AVX512_BEGIN

namespace winograd {

/// Weights [3][3][in][out] as the forward convolution takes them: `at` is the vector over 16 of its output channels.
struct ForwardWeights {
    const float *weights;
    size_t input_channels, output_channels;

    AVX512_INLINE_MEMBER Vector at(size_t row, size_t column, size_t input, size_t output) const {
        size_t tap = row * kernel_size + column;
        return _mm512_loadu_ps(weights + (tap * input_channels + input) * output_channels + output);
    }
};

/// The same weights for the convolution of the destination's gradient: turned by 180 degrees, input and output swapped.
struct BackwardWeights {
    const float *weights;
    size_t input_channels, output_channels;

    AVX512_INLINE_MEMBER Vector at(size_t row, size_t column, size_t output, size_t input) const {
        size_t turned = (kernel_size - 1 - row) * kernel_size + kernel_size - 1 - column;
        __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        __m512i index = _mm512_mullo_epi32(lane, _mm512_set1_epi32(int(output_channels)));
        return _mm512_i32gather_ps(index, weights + (turned * input_channels + input) * output_channels + output, 4);
    }
};

/// Transforms the weights for one input channel into the panels of `multiply_point`, [36][width / 32][depth][32].
template <typename Weights>
void transform_weights_of(size_t k, const Weights &weights, size_t depth, size_t width, float *result) {
    for (size_t channel = 0; channel < width; channel += lanes) {
        size_t panel = channel / (most_columns * lanes) * (most_columns * lanes);
        size_t columns = std::min(most_columns * lanes, width - panel);
        float *place = result + panel * depth + k * columns + channel - panel;

        Vector half[input_size][kernel_size];
        for (size_t c = 0; c < kernel_size; ++c) {
            Vector column[kernel_size], transformed[input_size];
            AVX512_UNROLL
            for (size_t r = 0; r < kernel_size; ++r) column[r] = weights.at(r, c, k, channel);
            transform_weights(column, transformed);
            AVX512_UNROLL
            for (size_t r = 0; r < input_size; ++r) half[r][c] = transformed[r];
        }
        for (size_t r = 0; r < input_size; ++r) {
            Vector transformed[input_size];
            transform_weights(half[r], transformed);
            AVX512_UNROLL
            for (size_t c = 0; c < input_size; ++c)
                _mm512_store_ps(place + (r * input_size + c) * depth * width, transformed[c]);
        }
    }
}

/// A convolution of `source`, whose channels are `depth`, to `width` channels.
template <typename Value, bool masked>
struct Convolution {
    Image shape;
    size_t depth, width;
    Values<Value, masked> source;
    const float *bias;
    kernel_epilogue epilogue;
    Value *destination;

    /// Transforms a thread's `count` tiles from `first` on, to [36][depth / 16][tiles][16].
    void transform_sources(size_t first, size_t count, size_t tiles, float *result) const {
        size_t plane = shape.height * shape.width * lanes;
        for (size_t index = 0; index < count; ++index) {
            Tile tile(first + index, shape), ahead = Tile::ahead(first + index, shape);
            Span rows = Span::source(tile.row, shape.height), columns = Span::source(tile.column, shape.width);
            for (size_t block = 0; block < depth / lanes; ++block) {
                prefetch<0>(source.values, depth / lanes, block, ahead, shape);
                if (masked) prefetch<0>(source.output, depth / lanes, block, ahead, shape);
                transform_tile<input_size, transform_source, false>(
                    source.at((tile.image * (depth / lanes) + block) * plane), shape.width, rows, columns,
                    result + (block * tiles + index) * lanes, depth * tiles);
            }
        }
    }

    void transform_outputs(size_t first, size_t count, size_t tiles, const float *products) const {
        size_t plane = shape.height * shape.width * lanes;
        for (size_t index = 0; index < count; ++index) {
            Tile tile(first + index, shape), ahead = Tile::ahead(first + index, shape);
            Span rows = Span::output(tile.row, shape.height), columns = Span::output(tile.column, shape.width);
            for (size_t block = 0; block < width / lanes; ++block) {
                prefetch<1>(destination, width / lanes, block, ahead, shape);
                transform_to_output(products + (block * tiles + index) * lanes, width * tiles, finish(block * lanes),
                                    destination + (tile.image * (width / lanes) + block) * plane, shape.width, rows,
                                    columns);
            }
        }
    }

    /// How the outputs of 16 channels are finished.
    AVX512_INLINE_MEMBER Finish finish(size_t channel) const {
        return {bias ? _mm512_loadu_ps(bias + channel) : zero(), splat(epilogue.relu ? 0 : -__builtin_inff()),
                epilogue.scale ? _mm512_loadu_ps(epilogue.scale + channel) : splat(1),
                epilogue.scale ? _mm512_loadu_ps(epilogue.shift + channel) : zero()};
    }

    template <typename Weights>
    void transform_all_weights(const Weights &weights, float *transformed) const {
        kernels::parallel_team([&](size_t thread, size_t threads) {
            const auto [begin, end] = kernels::share(depth, 1, thread, threads);
            for (size_t k = begin; k < end; ++k)
                transform_weights_of(k, weights, depth, width, transformed);
        });
    }

    template <typename Weights>
    void run(const Weights &weights, const Scratch &scratch) const {
        transform_all_weights(weights, scratch.thread_weights(0));
        run_transformed(scratch.thread_weights(0), scratch);
    }

    /// With weights that are transformed already.
    void run_transformed(const float *transformed, const Scratch &scratch) const {
        const size_t tiles = shape.batch * shape.tiles(), threads = size_t(omp_get_max_threads());
        // A few images are not enough for chunks that keep all threads busy.
        const size_t chunk = std::min(4 * scratch.tiles, (tiles + threads - 1) / threads);
        kernels::parallel_chunks(tiles, chunk, [&](size_t thread, size_t begin, size_t end) {
            float *sources = scratch.thread_source(thread), *products = scratch.thread_result(thread);
            for (size_t first = begin; first < end; first += scratch.tiles) {
                size_t count = std::min(scratch.tiles, end - first);
                transform_sources(first, count, scratch.tiles, sources);
                for (size_t point = 0; point < points; ++point)
                    multiply_point(sources + point * depth * scratch.tiles, transformed + point * depth * width, depth,
                                   width, count, scratch.tiles, products + point * width * scratch.tiles);
                transform_outputs(first, count, scratch.tiles, products);
            }
        });
    }
};

}  // namespace winograd

AVX512_END
