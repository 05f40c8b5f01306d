#pragma once
// The gradient with respect to weights and bias: the transpose of the forward convolution, with the same transforms.
// dg = Gᵀ[sum over tiles of (A dy Aᵀ) ⊙ (Bᵀ d B)]G

#include "parallel.hpp"
#include "winograd_scratch.hpp"
#include "winograd_tiles.hpp"

AVX512_BEGIN

namespace winograd {

template <typename Value, bool masked>
struct WeightsGradient {
    Image shape;
    size_t depth, width;
    Values<Value, false> source;
    Values<Value, masked> gradient;

    /// Transforms `count` tiles of source and gradient from `first` on, and adds the gradients to the bias's.
    void transform_tiles(size_t first, size_t count, size_t tiles, float *sources, float *gradients,
                         double *bias) const {
        size_t plane = shape.height * shape.width * lanes;
        for (size_t index = 0; index < count; ++index) {
            Tile tile(first + index, shape), ahead = Tile::ahead(first + index, shape);
            Span rows = Span::source(tile.row, shape.height), columns = Span::source(tile.column, shape.width);
            for (size_t block = 0; block < depth / lanes; ++block) {
                prefetch<0>(source.values, depth / lanes, block, ahead, shape);
                transform_tile<input_size, transform_source, false>(
                    source.at((tile.image * (depth / lanes) + block) * plane), shape.width, rows, columns,
                    sources + (block * tiles + index) * lanes, depth * tiles);
            }

            rows = Span::output(tile.row, shape.height), columns = Span::output(tile.column, shape.width);
            for (size_t block = 0; block < width / lanes; ++block) {
                prefetch<0>(gradient.values, width / lanes, block, ahead, shape);
                if (masked) prefetch<0>(gradient.output, width / lanes, block, ahead, shape);
                Vector sum = transform_tile<output_size, transform_output_gradient, true>(
                    gradient.at((tile.image * (width / lanes) + block) * plane), shape.width, rows, columns,
                    gradients + (block * tiles + index) * lanes, width * tiles);
                double *sums = bias + block * lanes;
                __m256 low = _mm512_castps512_ps256(sum), high = _mm512_extractf32x8_ps(sum, 1);
                _mm512_storeu_pd(sums, _mm512_loadu_pd(sums) + _mm512_cvtps_pd(low));
                _mm512_storeu_pd(sums + 8, _mm512_loadu_pd(sums + 8) + _mm512_cvtps_pd(high));
            }
        }
    }

    /// Adds up one thread's tiles: the gradient at the 36 points, [36][depth][width], and the bias's.
    void add_tiles(size_t begin, size_t end, size_t thread, const Scratch &scratch) const {
        size_t tiles = scratch.tiles;
        float *sources = scratch.thread_source(thread), *gradients = scratch.thread_result(thread);
        float *sum = scratch.thread_weights(thread);
        double *bias = scratch.thread_bias(thread);
        std::fill(bias, bias + width, 0);
        if (begin == end) std::fill(sum, sum + points * depth * width, 0);
        for (size_t first = begin; first < end; first += tiles) {
            size_t count = std::min(tiles, end - first);
            transform_tiles(first, count, tiles, sources, gradients, bias);
            for (size_t point = 0; point < points; ++point)
                accumulate_point(sources + point * depth * tiles, gradients + point * width * tiles, depth, width,
                                 count, tiles, first == begin, sum + point * depth * width);
        }
    }

    /// Adds the threads' sums, in their order, and transforms them: the weights' gradient for one input channel.
    void transform_sums(size_t k, size_t threads, const Scratch &scratch, float *weights_gradient) const {
        for (size_t channel = 0; channel < width; channel += lanes) {
            auto sum = [&](size_t point) {
                size_t place = (point * depth + k) * width + channel;
                Vector sum = _mm512_load_ps(scratch.thread_weights(0) + place);
                for (size_t thread = 1; thread < threads; ++thread)
                    sum += _mm512_load_ps(scratch.thread_weights(thread) + place);
                return sum;
            };
            Vector half[kernel_size][input_size];
            for (size_t c = 0; c < input_size; ++c) {
                Vector column[input_size], transformed[kernel_size];
                AVX512_UNROLL
                for (size_t r = 0; r < input_size; ++r) column[r] = sum(r * input_size + c);
                transform_weights_gradient(column, transformed);
                AVX512_UNROLL
                for (size_t r = 0; r < kernel_size; ++r) half[r][c] = transformed[r];
            }
            for (size_t r = 0; r < kernel_size; ++r) {
                Vector transformed[kernel_size];
                transform_weights_gradient(half[r], transformed);
                AVX512_UNROLL
                for (size_t c = 0; c < kernel_size; ++c)
                    _mm512_storeu_ps(weights_gradient + ((r * kernel_size + c) * depth + k) * width + channel,
                                     transformed[c]);
            }
        }
    }

    void run(const Scratch &scratch, float *weights_gradient, float *bias_gradient) const {
        size_t sums = 1;
        kernels::parallel_team([&](size_t thread, size_t threads) {
            if (thread == 0) sums = threads;
            const auto [begin, end] = kernels::share(shape.batch * shape.tiles(), 1, thread, threads);
            add_tiles(begin, end, thread, scratch);
        });
        kernels::parallel_team([&](size_t thread, size_t threads) {
            const auto [begin, end] = kernels::share(depth, 1, thread, threads);
            for (size_t k = begin; k < end; ++k) transform_sums(k, sums, scratch, weights_gradient);
        });
        if (!bias_gradient) return;
        for (size_t channel = 0; channel < width; ++channel) {
            double sum = 0;
            for (size_t thread = 0; thread < sums; ++thread) sum += scratch.thread_bias(thread)[channel];
            bias_gradient[channel] = float(sum);
        }
    }
};

}  // namespace winograd

AVX512_END
