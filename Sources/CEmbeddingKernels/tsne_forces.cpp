#include "parallel.hpp"
#include "tsne_tree.hpp"
#include "vector16.hpp"

#include <cfloat>
#include <cmath>

using namespace embedding;

namespace {

typedef float floats8 __attribute__((vector_size(32)));
typedef float floats4 __attribute__((vector_size(16)));
typedef uint64_t pairs8 __attribute__((vector_size(64)));

constexpr size_t targets_at_once = 4;

struct Force {
    float x, y;
};

/// The sums of the lanes, in pairs, always in the same order.
ALWAYS_INLINE float sum_of(floats8 v) {
    const floats4 four = __builtin_shufflevector(v, v, 0, 1, 2, 3) + __builtin_shufflevector(v, v, 4, 5, 6, 7);
    return (four[0] + four[2]) + (four[1] + four[3]);
}
ALWAYS_INLINE float sum_of(floats16 v) {
    return sum_of(__builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) +
                  __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15));
}

/// What repels `target_count` points: each Σ mass w² (y_i − y_j). Returns the sum of their Σ mass w, less their own
/// part.
ALWAYS_INLINE double sum_repulsion(const float *x, const float *y, size_t target_count, const tsne_sources &sources,
                                   Force *forces) {
    double z = 0;
    for (size_t first = 0; first < target_count; first += targets_at_once) {
        float own_x[targets_at_once], own_y[targets_at_once];
        floats16 force_x[targets_at_once], force_y[targets_at_once], weights[targets_at_once];
        for (size_t t = 0; t < targets_at_once; ++t) {
            own_x[t] = x[std::min(first + t, target_count - 1)];
            own_y[t] = y[std::min(first + t, target_count - 1)];
            force_x[t] = force_y[t] = weights[t] = floats16{};
        }
        for (size_t k = 0; k < sources.count; k += 16) {
            const floats16 other_x = load16(&sources.x[k]), other_y = load16(&sources.y[k]);
            const floats16 mass = load16(&sources.mass[k]);
            for (size_t t = 0; t < targets_at_once; ++t) {
                const floats16 dx = own_x[t] - other_x, dy = own_y[t] - other_y;
                floats16 squares = 1.f + dx * dx;
                squares += dy * dy;
                const floats16 w = 1.f / squares, weight = mass * w, factor = weight * w;
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

/// Σ p_ij w_ij (y_i − y_j) of one point. One load brings both x and y of another.
ALWAYS_INLINE Force sum_attraction(const kernel_tsne_graph &graph, size_t i, const float *coordinates) {
    constexpr size_t entries = 8;
    const float own_x = coordinates[2 * i], own_y = coordinates[2 * i + 1];
    floats8 force_x{}, force_y{};
    for (int64_t k = graph.row_begins[i]; k < graph.row_begins[i + 1]; k += entries) {
        const auto count = std::min(entries, size_t(graph.row_begins[i + 1] - k));
        floats8 p{};
        pairs8 pairs{};
        if (count == entries) {
            std::memcpy(&p, graph.values + k, sizeof p);
            for (size_t e = 0; e < entries; ++e) pairs[e] = pair_at(coordinates, graph.columns[k + int64_t(e)]);
        } else {
            std::memcpy(&p, graph.values + k, count * sizeof(float));
            for (size_t e = 0; e < count; ++e) pairs[e] = pair_at(coordinates, graph.columns[k + int64_t(e)]);
        }
        // In an order that takes no shuffles across halves of a register; probabilities follow.
        const floats16 others = (floats16)pairs;
        const floats8 dx = own_x - __builtin_shufflevector(others, others, 0, 2, 8, 10, 4, 6, 12, 14);
        const floats8 dy = own_y - __builtin_shufflevector(others, others, 1, 3, 9, 11, 5, 7, 13, 15);
        const floats8 ordered = __builtin_shufflevector(p, p, 0, 1, 4, 5, 2, 3, 6, 7);
        floats8 squares = 1.f + dx * dx;
        squares += dy * dy;
        const floats8 factor = ordered / squares;
        force_x += factor * dx;
        force_y += factor * dy;
    }
    return {sum_of(force_x), sum_of(force_y)};
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
    parallel::chunks(tree->sources.size(), tree->groups, 2, [&](size_t thread, size_t begin, size_t end) {
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
