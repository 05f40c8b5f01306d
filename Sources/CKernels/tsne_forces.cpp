#include "tsne_tree.hpp"

#include <cfloat>
#include <cmath>

using namespace kernels;

namespace {

typedef float floats8 __attribute__((ext_vector_type(8)));

typedef uint64_t pairs8 __attribute__((ext_vector_type(8)));

constexpr size_t targets_at_once = 4;

struct Force {
    float x, y;
};

/// The sum of the lanes, in pairs, always in the same order.
ALWAYS_INLINE float sum_of(floats16 v) {
    const floats8 eight = v.lo + v.hi;
    const auto four = eight.lo + eight.hi;
    const auto two = four.lo + four.hi;
    return two.x + two.y;
}

/// What repels `target_count` points: each Σ mass w² (y_i − y_j). Returns the sum of their Σ mass w, less their own part.
ALWAYS_INLINE double sum_repulsion(const float *x, const float *y, size_t target_count, const tsne_sources &sources,
                                Force *forces) {
    double z = 0;
    for (size_t first = 0; first < target_count; first += targets_at_once) {
        float own_x[targets_at_once], own_y[targets_at_once];
        floats16 force_x[targets_at_once], force_y[targets_at_once], weights[targets_at_once];
        for (size_t t = 0; t < targets_at_once; ++t) {
            own_x[t] = x[std::min(first + t, target_count - 1)];
            own_y[t] = y[std::min(first + t, target_count - 1)];
            force_x[t] = force_y[t] = weights[t] = 0;
        }
        for (size_t k = 0; k < sources.count; k += 16) {
            const floats16 other_x = load16(&sources.x[k]), other_y = load16(&sources.y[k]);
            const floats16 mass = load16(&sources.mass[k]);
            for (size_t t = 0; t < targets_at_once; ++t) {
                const floats16 dx = own_x[t] - other_x, dy = own_y[t] - other_y;
                floats16 squares = 1 + dx * dx;
                squares += dy * dy;
                const floats16 w = 1 / squares, weight = mass * w, factor = weight * w;
                weights[t] += weight;
                force_x[t] += factor * dx;
                force_y[t] += factor * dy;
            }
        }
        for (size_t t = 0; t < targets_at_once && first + t < target_count; ++t) {
            z += double(sum_of(weights[t])) - 1;
            forces[first + t] = {sum_of(force_x[t]), sum_of(force_y[t])};
        }
    }
    return z;
}

/// x and y of one point.
ALWAYS_INLINE uint64_t pair_at(const float *coordinates, int32_t point) {
    uint64_t pair;
    std::memcpy(&pair, coordinates + 2 * size_t(point), sizeof pair);
    return pair;
}

/// Σ p_ij w_ij (y_i − y_j) of one point. x and y stay side by side, so that one load brings both.
ALWAYS_INLINE Force sum_attraction(const kernel_tsne_graph &graph, size_t i, const float *coordinates) {
    constexpr size_t entries = 8;
    floats16 own, sum = 0;
    for (size_t lane = 0; lane < 16; ++lane) own[lane] = coordinates[2 * i + lane % 2];
    for (int64_t k = graph.row_begins[i]; k < graph.row_begins[i + 1]; k += entries) {
        const auto count = std::min(entries, size_t(graph.row_begins[i + 1] - k));
        floats8 p = 0;
        pairs8 pairs = __builtin_bit_cast(pairs8, own);
        if (count == entries) {
            std::memcpy(&p, graph.values + k, sizeof p);
            for (size_t e = 0; e < entries; ++e) pairs[e] = pair_at(coordinates, graph.columns[k + int64_t(e)]);
        } else {
            std::memcpy(&p, graph.values + k, count * sizeof(float));
            for (size_t e = 0; e < count; ++e) pairs[e] = pair_at(coordinates, graph.columns[k + int64_t(e)]);
        }
        const floats16 others = __builtin_bit_cast(floats16, pairs);
        const floats16 difference = own - others, squares = difference * difference;
        const floats16 swapped =
            __builtin_shufflevector(squares, squares, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
        const floats16 twice = __builtin_shufflevector(p, p, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
        sum += twice / (1 + squares + swapped) * difference;
    }
    const floats8 eight = sum.lo + sum.hi;
    const auto four = eight.lo + eight.hi;
    return {four.x + four.z, four.y + four.w};
}

// Vectors cannot be passed to functions that are compiled for another processor, so these only call what is inlined.

MULTIVERSIONED double repulsion(const float *x, const float *y, size_t target_count, const tsne_sources &sources,
                                Force *forces) {
    return sum_repulsion(x, y, target_count, sources, forces);
}

MULTIVERSIONED Force attraction(const kernel_tsne_graph &graph, size_t i, const float *coordinates) {
    return sum_attraction(graph, i, coordinates);
}

void put(const Force &force, float *forces, size_t i) {
    forces[2 * i] = force.x;
    forces[2 * i + 1] = force.y;
}

}  // namespace

double kernel_tsne_forces(kernel_tsne_tree *tree, const kernel_tsne_graph *graph, const float *coordinates, float theta,
                          float *attractions, float *repulsions) {
    tree->update(coordinates);
    while (tree->sources.size() < size_t(omp_get_max_threads())) tree->sources.emplace_back(tree->count);
    parallel_chunks(tree->groups, 2, [&](size_t thread, size_t begin, size_t end) {
        tsne_sources &sources = tree->sources[thread];
        std::vector<Force> forces;
        for (size_t group = begin; group < end; ++group) {
            const size_t first = tree->group_begin(group), count = tree->group_begin(group + 1) - first;
            forces.resize(count);
            tree->collect(group, theta, sources);
            tree->z[group] = repulsion(&tree->x[first], &tree->y[first], count, sources, forces.data());
            for (size_t t = 0; t < count; ++t) {
                const size_t i = tree->order[first + t];
                put(forces[t], repulsions, i);
                put(attraction(*graph, i, coordinates), attractions, i);
            }
        }
    });
    double z = 0;
    for (double part : tree->z) z += part;
    // Where all points are so far apart that nothing is left of Z, nothing repels either.
    return std::max(z, double(FLT_MIN));
}

double kernel_tsne_divergence(const kernel_tsne_graph *graph, size_t count, const float *coordinates, double z) {
    double sum = 0;
    for (size_t i = 0; i < count; ++i)
        for (int64_t k = graph->row_begins[i]; k < graph->row_begins[i + 1]; ++k) {
            const auto j = size_t(graph->columns[k]);
            const double dx = double(coordinates[2 * i]) - coordinates[2 * j];
            const double dy = double(coordinates[2 * i + 1]) - coordinates[2 * j + 1];
            const double p = graph->values[k];
            if (p > 0) sum += p * std::log(p * z * (1 + dx * dx + dy * dy));
        }
    return sum;
}
