// Wide dense layers, whose kernel is larger than the caches: what they cost is mostly the way of the weights from memory
// and back. So the backward pass takes a few rows of weights at a time and does everything that is to be done with them
// while they are in cache: the input's gradient, their own gradient, and Adam.

#include "CKernels.h"
#include "parallel.hpp"
#include "tile.hpp"

#if defined(__x86_64__)

namespace {

using namespace kernels;

constexpr size_t columns = 32;       // of a tile: two vectors
constexpr size_t rows = 8;           // of a tile: sixteen sums hide a multiply-add's latency
constexpr size_t depth = 64;         // inputs per turn of the forward pass: one tile's weights stay in the L1 cache
constexpr size_t inputs_at_once = 16;  // per turn of the backward pass: one cache line of each example

size_t rounded_up(size_t count, size_t multiple) { return (count + multiple - 1) / multiple * multiple; }

/// A tile's share of the forward pass: examples `n` to `n + Rows`, one pair of vectors of units, `count` inputs.
template <int Rows>
AVX512_INLINE void add_product(const float *source, const float *weights, size_t units, size_t count, float *sums) {
    __m512 tile[Rows][2];
    load(sums, units, tile);
    multiply(source, depth, 1, weights, units, count, tile);
    store(tile, sums, units);
}

/// sums[batch][units] = source · weights, for the inputs `begin` to `end`.
AVX512 void sum_products(const kernel_dense &shape, const float *source, const float *weights, float *sums,
                         size_t begin, size_t end) {
    const size_t batch = shape.batch, units = shape.units;
    std::fill(sums, sums + batch * units, 0.f);
    alignas(64) float packed[rows * depth];
    for (size_t k = begin; k < end; k += depth) {
        const size_t count = std::min(depth, end - k);
        // The next turn's weights are on their way while this one's are multiplied.
        const size_t tiles = (batch + rows - 1) / rows * (units / columns);
        const size_t lines = std::min(depth, end - std::min(end, k + depth)) * units / 16;
        size_t done = 0, fetched = 0;
        for (size_t n = 0; n < batch; n += rows) {
            const size_t examples = std::min(rows, batch - n);
            for (size_t row = 0; row < examples; ++row)
                std::copy_n(source + (n + row) * shape.inputs + k, count, packed + row * depth);
            for (size_t u = 0; u < units; u += columns) {
                const float *w = weights + k * units + u;
                float *sum = sums + n * units + u;
                switch (examples) {
                case 8: add_product<8>(packed, w, units, count, sum); break;
                case 7: add_product<7>(packed, w, units, count, sum); break;
                case 6: add_product<6>(packed, w, units, count, sum); break;
                case 5: add_product<5>(packed, w, units, count, sum); break;
                case 4: add_product<4>(packed, w, units, count, sum); break;
                case 3: add_product<3>(packed, w, units, count, sum); break;
                case 2: add_product<2>(packed, w, units, count, sum); break;
                default: add_product<1>(packed, w, units, count, sum);
                }
                const size_t wanted = lines * ++done / tiles;
                prefetch(weights + (k + depth) * units + fetched * 16, wanted - fetched);
                fetched = wanted;
            }
        }
    }
}

/// What the backward pass works on.
struct Backward {
    kernel_dense shape;
    const float *source;
    const float *gradient;             // of the destination, [batch][units]
    const float *gradient_transposed;  // [units][padded batch]
    size_t padded_batch;
    float *weights;
    float *source_gradient;    // null where nobody asks for it
    float *weights_gradient;   // null where Adam uses it up at once
    float *first_moment, *second_moment;
    kernel_adam_settings adam;

    size_t scratch() const { return inputs_at_once * (shape.batch + padded_batch); }
};

/// source_gradient = destination_gradient · weightsᵀ for `inputs_at_once` inputs from `k` on.
AVX512_INLINE void source_gradient_of(const Backward &b, size_t k, bool is_last, float *transposed) {
    const size_t units = b.shape.units, padded = b.padded_batch;
    const float *w = b.weights + k * units;
    // Meanwhile the moments of these weights are fetched, and the next weights.
    const size_t turns = inputs_at_once / rows * (padded / columns) * (units / 16);
    const size_t lines = inputs_at_once * units / 16;
    size_t turn = 0, fetched = 0;
    for (size_t n = 0; n < padded; n += columns) {
        for (size_t row = 0; row < inputs_at_once; row += rows) {
            __m512 tile[rows][2];
            clear(tile);
            for (size_t u = 0; u < units; u += 16) {
                multiply(w + row * units + u, units, 1, b.gradient_transposed + u * padded + n, padded, 16, tile);
                const size_t wanted = lines * ++turn / turns, offset = k * units + fetched * 16;
                if (!b.weights_gradient) {
                    prefetch(b.first_moment + offset, wanted - fetched);
                    prefetch(b.second_moment + offset, wanted - fetched);
                }
                if (!is_last) prefetch(b.weights + offset + inputs_at_once * units, wanted - fetched);
                fetched = wanted;
            }
            store(tile, transposed + row * padded + n, padded);
        }
    }
    const __m512i steps = _mm512_mullo_epi32(
        _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), _mm512_set1_epi32(int(padded)));
    for (size_t n = 0; n < b.shape.batch; ++n)
        _mm512_storeu_ps(b.source_gradient + n * b.shape.inputs + k,
                         _mm512_i32gather_ps(steps, transposed + n, 4));
}

/// Adam on one tile of weights, whose gradient is in registers; the arithmetic is `kernel_adam`'s.
AVX512_INLINE void update(const Backward &b, size_t offset, const __m512 (&gradient)[rows][2]) {
    const __m512 step = _mm512_set1_ps(b.adam.step_size), epsilon = _mm512_set1_ps(b.adam.epsilon);
    const __m512 rest1 = _mm512_set1_ps(1 - b.adam.beta1), rest2 = _mm512_set1_ps(1 - b.adam.beta2);
    for (size_t row = 0; row < rows; ++row) {
        for (size_t vector = 0; vector < 2; ++vector) {
            const size_t i = offset + row * b.shape.units + 16 * vector;
            const __m512 g = gradient[row][vector];
            __m512 m = _mm512_loadu_ps(b.first_moment + i), v = _mm512_loadu_ps(b.second_moment + i);
            m = _mm512_fmadd_ps(_mm512_sub_ps(g, m), rest1, m);
            v = _mm512_fmadd_ps(_mm512_fmsub_ps(g, g, v), rest2, v);
            const __m512 change =
                _mm512_div_ps(_mm512_mul_ps(step, m), _mm512_add_ps(_mm512_sqrt_ps(v), epsilon));
            _mm512_storeu_ps(b.first_moment + i, m);
            _mm512_storeu_ps(b.second_moment + i, v);
            _mm512_storeu_ps(b.weights + i, _mm512_sub_ps(_mm512_loadu_ps(b.weights + i), change));
        }
    }
}

/// Everything for the inputs `begin` to `end`, both multiples of `inputs_at_once`.
AVX512 void backward(const Backward &b, size_t begin, size_t end, float *scratch) {
    const size_t batch = b.shape.batch, inputs = b.shape.inputs, units = b.shape.units;
    float *source = scratch, *transposed = scratch + inputs_at_once * batch;
    for (size_t k = begin; k < end; k += inputs_at_once) {
        // First, because Adam changes the weights.
        if (b.source_gradient) source_gradient_of(b, k, k + inputs_at_once == end, transposed);
        for (size_t n = 0; n < batch; ++n) {
            _mm512_storeu_ps(source + n * inputs_at_once, _mm512_loadu_ps(b.source + n * inputs + k));
            prefetch(b.source + n * inputs + k + inputs_at_once, 1);
        }
        for (size_t row = 0; row < inputs_at_once; row += rows) {
            for (size_t u = 0; u < units; u += columns) {
                __m512 tile[rows][2];
                clear(tile);
                multiply(source + row, 1, inputs_at_once, b.gradient + u, units, batch, tile);
                const size_t offset = (k + row) * units + u;
                if (b.weights_gradient) {
                    store(tile, b.weights_gradient + offset, units);
                } else {
                    update(b, offset, tile);
                }
            }
        }
    }
}

void transpose(const float *gradient, size_t batch, size_t units, size_t padded, float *transposed) {
    parallel_ranges(units, [=](size_t begin, size_t end) {
        for (size_t u = begin; u < end; ++u) {
            for (size_t n = 0; n < batch; ++n) transposed[u * padded + n] = gradient[n * units + u];
            std::fill(transposed + u * padded + batch, transposed + (u + 1) * padded, 0.f);
        }
    }, 64, 16);
}

void run(Backward b, float *scratch) {
    const size_t units = b.shape.units;
    b.padded_batch = rounded_up(b.shape.batch, columns);
    b.gradient_transposed = scratch;
    if (b.source_gradient) transpose(b.gradient, b.shape.batch, units, b.padded_batch, scratch);
    parallel_team([=](size_t thread, size_t threads) {
        const auto [begin, end] = share(b.shape.inputs, inputs_at_once, thread, threads);
        backward(b, begin, end, scratch + units * b.padded_batch + thread * b.scratch());
    });
}

}  // namespace

bool kernel_dense_is_supported(const kernel_dense *shape) {
    return shape->inputs % inputs_at_once == 0 && shape->units % columns == 0;
}

size_t kernel_dense_scratch(const kernel_dense *shape) {
    const size_t threads = omp_get_max_threads(), padded = rounded_up(shape->batch, columns);
    const size_t of_backward = shape->units * padded + threads * inputs_at_once * (shape->batch + padded);
    return std::max(threads * shape->batch * shape->units, of_backward);
}

void kernel_dense_forward(const kernel_dense *shape, const float *source, const float *weights, const float *bias,
                          bool relu, float *destination, float *scratch) {
    const kernel_dense s = *shape;
    const size_t count = s.batch * s.units;
    size_t parts = 1;
    // Each thread sums over its own inputs, and so reads only its own part of the weights.
    parallel_team([=, &parts](size_t thread, size_t threads) {
        const auto [begin, end] = share(s.inputs, depth, thread, threads);
        sum_products(s, source, weights, scratch + thread * count, begin, end);
        if (thread == 0) parts = threads;
    });
    parallel_ranges(count, [=](size_t begin, size_t end) {
        for (size_t i = begin; i < end; ++i) {
            float sum = bias[i % s.units];
            for (size_t part = 0; part < parts; ++part) sum += scratch[part * count + i];
            destination[i] = relu && sum < 0 ? 0 : sum;
        }
    });
}

void kernel_dense_backward(const kernel_dense *shape, const float *source, const float *destination_gradient,
                           const float *weights, float *source_gradient, float *weights_gradient, float *scratch) {
    // The weights are only read: they are not const for Adam's sake.
    run({*shape, source, destination_gradient, nullptr, 0, const_cast<float *>(weights), source_gradient,
         weights_gradient, nullptr, nullptr, {}},
        scratch);
}

void kernel_dense_backward_adam(const kernel_dense *shape, const float *source, const float *destination_gradient,
                                float *weights, float *first_moment, float *second_moment,
                                const kernel_adam_settings *adam, float *source_gradient, float *scratch) {
    run({*shape, source, destination_gradient, nullptr, 0, weights, source_gradient, nullptr, first_moment,
         second_moment, *adam},
        scratch);
}

#else

// Never called: nothing is supported here.
bool kernel_dense_is_supported(const kernel_dense *) { return false; }
size_t kernel_dense_scratch(const kernel_dense *) { return 0; }
void kernel_dense_forward(const kernel_dense *, const float *, const float *, const float *, bool, float *, float *) {}
void kernel_dense_backward(const kernel_dense *, const float *, const float *, const float *, float *, float *,
                           float *) {}
void kernel_dense_backward_adam(const kernel_dense *, const float *, const float *, float *, float *, float *,
                                const kernel_adam_settings *, float *, float *) {}

#endif
