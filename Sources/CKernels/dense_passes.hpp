// The passes of a wide dense layer, for source and source gradient of type `Value`. Included between `AVX512_BEGIN` and
// `AVX512_END`, in an anonymous namespace, once for each set of instructions. `Number` is what one multiply-add takes from
// each side: a float, or a pair of bfloat16.

constexpr size_t columns = 32;         // of a tile: two vectors
constexpr size_t rows = 8;             // of a tile: sixteen sums hide a multiply-add's latency
constexpr size_t depth = 64;           // inputs per turn of the forward pass: one tile's weights stay in the L1 cache
constexpr size_t inputs_at_once = 16;  // per turn of the backward pass

constexpr size_t values_per_number = sizeof(Number) / sizeof(Value);

inline size_t rounded_up(size_t count, size_t multiple) { return (count + multiple - 1) / multiple * multiple; }
inline size_t numbers(size_t values) { return (values + values_per_number - 1) / values_per_number; }

/// A tile's share of the forward pass: `count` examples, two vectors of units, `steps` numbers of each example.
template <int count>
AVX512_INLINE void add_products(const Number *source, const Number *weights, size_t units, size_t steps, float *sums) {
    __m512 tile[count][2];
    load(sums, units, tile);
    multiply(source, numbers(depth), 1, weights, units, steps, tile);
    store(tile, sums, units);
}

/// sums[batch][units] = source · weights, for the inputs `begin` to `end`.
inline void sum_products(const kernel_dense &shape, const Value *source, const float *weights, float *sums,
                         size_t begin, size_t end, Number *weights_scratch) {
    const size_t batch = shape.batch, units = shape.units;
    std::fill(sums, sums + batch * units, 0.f);
    alignas(64) Number packed[rows * depth];
    for (size_t k = begin; k < end; k += depth) {
        const size_t count = std::min(depth, end - k), steps = numbers(count);
        const Number *turn = numbers_of_rows(weights + k * units, count, units, weights_scratch);
        // The next turn's weights are on their way while this one's are multiplied.
        const size_t tiles = (batch + rows - 1) / rows * (units / columns);
        const size_t lines = std::min(depth, end - std::min(end, k + depth)) * units / 16;
        size_t done = 0, fetched = 0;
        for (size_t n = 0; n < batch; n += rows) {
            const size_t examples = std::min(rows, batch - n);
            for (size_t row = 0; row < examples; ++row)
                std::memcpy(packed + row * numbers(depth), source + (n + row) * shape.inputs + k, count * sizeof(Value));
            for (size_t u = 0; u < units; u += columns) {
                float *sum = sums + n * units + u;
                switch (examples) {
                case 8: add_products<8>(packed, turn + u, units, steps, sum); break;
                case 7: add_products<7>(packed, turn + u, units, steps, sum); break;
                case 6: add_products<6>(packed, turn + u, units, steps, sum); break;
                case 5: add_products<5>(packed, turn + u, units, steps, sum); break;
                case 4: add_products<4>(packed, turn + u, units, steps, sum); break;
                case 3: add_products<3>(packed, turn + u, units, steps, sum); break;
                case 2: add_products<2>(packed, turn + u, units, steps, sum); break;
                default: add_products<1>(packed, turn + u, units, steps, sum);
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
    const Value *source;
    const Number *gradient;             // of the destination, [numbers of batch][units]
    const Number *gradient_transposed;  // [numbers of units][padded batch]
    float *weights;
    Value *source_gradient;   // null where nobody asks for it
    float *weights_gradient;  // null where Adam uses it up at once
    float *first_moment, *second_moment;
    kernel_adam_settings adam;

    size_t padded_batch() const { return rounded_up(shape.batch, columns); }
};

/// source_gradient = destination_gradient · weightsᵀ for `inputs_at_once` inputs from `k` on.
AVX512_INLINE void source_gradient_of(const Backward &b, size_t k, bool is_last, Number *weights_scratch,
                                      float *transposed) {
    const size_t units = b.shape.units, padded = b.padded_batch(), width = numbers(units);
    const Number *w = numbers_of_columns(b.weights + k * units, inputs_at_once, units, weights_scratch);
    // Meanwhile the moments of these weights are fetched, and the next weights.
    const size_t turns = inputs_at_once / rows * (padded / columns) * (units / 16);
    const size_t lines = inputs_at_once * units / 16;
    size_t turn = 0, fetched = 0;
    for (size_t n = 0; n < padded; n += columns) {
        for (size_t row = 0; row < inputs_at_once; row += rows) {
            __m512 tile[rows][2];
            clear(tile);
            for (size_t u = 0; u < width; u += numbers(16)) {
                multiply(w + row * width + u, width, 1, b.gradient_transposed + u * padded + n, padded, numbers(16),
                         tile);
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
        store_values(_mm512_i32gather_ps(steps, transposed + n, 4), b.source_gradient + n * b.shape.inputs + k);
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
inline void pass_backward(const Backward &b, size_t begin, size_t end, Number *scratch) {
    const size_t batch = b.shape.batch, units = b.shape.units;
    Number *source = scratch, *weights = source + inputs_at_once * numbers(batch);
    auto transposed = reinterpret_cast<float *>(weights + inputs_at_once * numbers(units));
    for (size_t k = begin; k < end; k += inputs_at_once) {
        // First, because Adam changes the weights.
        if (b.source_gradient) source_gradient_of(b, k, k + inputs_at_once == end, weights, transposed);
        for (size_t n = 0; n < batch; n += values_per_number)
            copy_numbers(b.source + n * b.shape.inputs + k, b.shape.inputs, batch - n,
                         source + n / values_per_number * inputs_at_once);
        for (size_t row = 0; row < inputs_at_once; row += rows) {
            for (size_t u = 0; u < units; u += columns) {
                __m512 tile[rows][2];
                clear(tile);
                multiply(source + row, 1, inputs_at_once, b.gradient + u, units, numbers(batch), tile);
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

/// In how many parts the forward pass sums: more than threads where those are few, so that one that is held up can leave
/// its parts to the others.
size_t parts_of(const kernel_dense &s) {
    return std::min(std::max(size_t(omp_get_max_threads()), size_t(8)), s.inputs / depth + 1);
}

/// The float32 values of scratch that the passes need, for the current number of threads.
size_t scratch_of(const kernel_dense &s) {
    const size_t threads = omp_get_max_threads(), padded = rounded_up(s.batch, columns);
    const size_t forward = parts_of(s) * (s.batch * s.units + depth * s.units);
    const size_t each = inputs_at_once * (numbers(s.batch) + numbers(s.units) + padded);
    return std::max(forward, numbers(s.units) * padded + numbers(s.batch) * s.units + threads * each);
}

void forward(const kernel_dense &s, const void *source, const float *weights, const float *bias, bool relu,
             float *destination, float *scratch) {
    const size_t count = s.batch * s.units, each = count + depth * s.units;
    const size_t parts = parts_of(s);
    // Each part sums over its own inputs, and so reads only its own part of the weights.
    parallel_chunks(parts, 1, [=](size_t, size_t part, size_t) {
        const auto [begin, end] = share(s.inputs, depth, part, parts);
        float *sums = scratch + part * each;
        sum_products(s, static_cast<const Value *>(source), weights, sums, begin, end,
                     reinterpret_cast<Number *>(sums + count));
    });
    parallel_ranges(count, [=](size_t begin, size_t end) {
        for (size_t i = begin; i < end; ++i) {
            float sum = bias[i % s.units];
            for (size_t part = 0; part < parts; ++part) sum += scratch[part * each + i];
            destination[i] = relu && sum < 0 ? 0 : sum;
        }
    });
}

void backward(const kernel_dense &shape, const dense_gradients &g, float *scratch) {
    const size_t batch = shape.batch, units = shape.units, padded = rounded_up(batch, columns);
    auto transposed = reinterpret_cast<Number *>(scratch);
    Number *own = transposed + numbers(units) * padded, *of_threads = own + numbers(batch) * units;
    if (g.source_gradient)
        parallel_ranges(
            numbers(units),
            [=](size_t begin, size_t end) {
                transpose(g.destination_gradient, batch, units, padded, begin, end, transposed);
            },
            64, 16);
    const Backward b{shape,
                     static_cast<const Value *>(g.source),
                     numbers_of_rows(g.destination_gradient, batch, units, own),
                     transposed,
                     g.weights,
                     static_cast<Value *>(g.source_gradient),
                     g.weights_gradient,
                     g.first_moment,
                     g.second_moment,
                     g.adam};
    const size_t each = inputs_at_once * (numbers(batch) + numbers(units) + padded);
    parallel_chunks(shape.inputs, 16 * inputs_at_once, [=](size_t thread, size_t begin, size_t end) {
        pass_backward(b, begin, end, of_threads + thread * each);
    });
}
