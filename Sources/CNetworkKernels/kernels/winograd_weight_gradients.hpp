#pragma once
// The gradient with respect to weights and bias: the transpose of the forward convolution, with the same transforms.
// dg = Gᵀ[sum over tiles of (A dy Aᵀ) ⊙ (Bᵀ d B)]G

namespace {
namespace winograd {

template <typename Value, bool masked>
struct WeightGradients {
    Image shape;
    size_t depth, width;
    Values<Value, false> source;
    Values<Value, masked> gradient;

    /// Transforms `count` tiles of source and gradient from `first` on, and adds the gradients to the bias's.
    void transform_tiles(size_t first, size_t count, const Scratch &scratch, float *sources, float *gradients,
                         double *bias) const {
        for (size_t index = 0; index < count; ++index) {
            source.prefetch_ahead(depth, first + index, shape);
            gradient.prefetch_ahead(width, first + index, shape);
            const Tile tile(first + index, shape);
            const size_t pixels = tile.image * shape.height * shape.width;
            Span rows = Span::source(tile.row, shape.height), columns = Span::source(tile.column, shape.width);
            for (size_t channel = 0; channel < depth; channel += lanes)
                transform_tile<input_size, transform_source, false>(
                    source.at(pixels * depth + channel), shape.width, depth, rows, columns,
                    sources + index * depth + channel, scratch.source_step);
            rows = Span::output(tile.row, shape.height), columns = Span::output(tile.column, shape.width);
            for (size_t channel = 0; channel < width; channel += lanes) {
                const Vector sum = transform_tile<output_size, transform_output_gradient, true>(
                    gradient.at(pixels * width + channel), shape.width, width, rows, columns,
                    gradients + index * width + channel, scratch.result_step);
                store(bias + channel, load(bias + channel) + to_doubles(sum));
            }
        }
    }

    /// Adds up one thread's tiles: the gradient at the 36 points, [36][depth][width], and the bias's.
    void add_tiles(size_t begin, size_t end, size_t thread, const Scratch &scratch, void *memory) const {
        float *sources = scratch.source(memory, thread), *gradients = scratch.result(memory, thread);
        float *sums = scratch.weight_sums(memory, thread);
        double *bias = scratch.bias_sums(memory, thread);
        std::fill_n(bias, width, 0.0);
        if (begin == end) std::fill_n(sums, points * scratch.weights_step, 0.f);
        for (size_t first = begin; first < end; first += scratch.tiles) {
            const size_t count = std::min(scratch.tiles, end - first);
            transform_tiles(first, count, scratch, sources, gradients, bias);
            for (size_t point = 0; point < points; ++point)
                accumulate_point(sources + point * scratch.source_step, gradients + point * scratch.result_step, depth,
                                 width, count, first == begin, sums + point * scratch.weights_step);
        }
    }

    /// Adds the threads' sums, in their order, and transforms them: the weights' gradient for one input channel.
    void transform_sums(size_t k, size_t threads, const Scratch &scratch, void *memory, float *weight_gradient) const {
        for (size_t channel = 0; channel < width; channel += lanes) {
            const auto sum = [&](size_t point) __attribute__((always_inline)) {
                const size_t place = point * scratch.weights_step + k * width + channel;
                Vector sum = load(scratch.weight_sums(memory, 0) + place);
                for (size_t thread = 1; thread < threads; ++thread)
                    sum += load(scratch.weight_sums(memory, thread) + place);
                return sum;
            };
            Vector half[kernel_size][input_size];
            for (size_t c = 0; c < input_size; ++c) {
                Vector column[input_size], transformed[kernel_size];
                UNROLL
                for (size_t r = 0; r < input_size; ++r) column[r] = sum(r * input_size + c);
                transform_weights_gradient(column, transformed);
                UNROLL
                for (size_t r = 0; r < kernel_size; ++r) half[r][c] = transformed[r];
            }
            for (size_t r = 0; r < kernel_size; ++r) {
                Vector transformed[kernel_size];
                transform_weights_gradient(half[r], transformed);
                UNROLL
                for (size_t c = 0; c < kernel_size; ++c)
                    store(weight_gradient + ((r * kernel_size + c) * depth + k) * width + channel, transformed[c]);
            }
        }
    }

    void run(void *memory, float *weight_gradient, float *bias_gradient, size_t threads) const {
        const Scratch scratch(depth, width);
        size_t present = 1;
        parallel::team(threads, [&](size_t thread, size_t team) {
            if (thread == 0) present = team;
            const auto [begin, end] = parallel::share(shape.tiles(), 1, thread, team);
            add_tiles(begin, end, thread, scratch, memory);
        });
        parallel::ranges(
            threads, depth,
            [&](size_t begin, size_t end) {
                for (size_t k = begin; k < end; ++k) transform_sums(k, present, scratch, memory, weight_gradient);
            },
            std::max<size_t>(2048 / width, 1), 1);
        if (!bias_gradient) return;
        for (size_t channel = 0; channel < width; ++channel) {
            double sum = 0;
            for (size_t thread = 0; thread < present; ++thread) sum += scratch.bias_sums(memory, thread)[channel];
            bias_gradient[channel] = float(sum);
        }
    }
};

inline void weight_gradients(const kernel_convolution *shape, const void *source, const void *destination_gradient,
                             const void *mask, float *weight_gradient, float *bias_gradient, void *scratch,
                             size_t threads) {
    with_element_type(shape->type, [&](auto zero) {
        using Value = decltype(zero);
        const auto from = static_cast<const Value *>(source);
        const auto gradient = static_cast<const Value *>(destination_gradient);
        const auto output = static_cast<const Value *>(mask);
        const size_t depth = shape->input_channels, width = shape->output_channels;
        if (output) {
            const WeightGradients<Value, true> pass{image(*shape), depth, width, {from, nullptr}, {gradient, output}};
            pass.run(scratch, weight_gradient, bias_gradient, threads);
        } else {
            const WeightGradients<Value, false> pass{image(*shape), depth, width, {from, nullptr}, {gradient, nullptr}};
            pass.run(scratch, weight_gradient, bias_gradient, threads);
        }
    });
}

inline size_t scratch(const kernel_convolution *shape, size_t threads) {
    const size_t inputs = shape->input_channels, outputs = shape->output_channels;
    return std::max(Scratch(inputs, outputs).bytes(threads), Scratch(outputs, inputs).bytes(threads));
}

}  // namespace winograd
}  // namespace
