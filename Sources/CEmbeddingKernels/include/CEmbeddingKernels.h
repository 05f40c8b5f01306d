#pragma once
// Distances between points, and t-SNE's forces. Points are rows, [count, dimensions], float32, and finite. `threads` is
// how many threads may compute; nothing depends on it: the same points give the same bits.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The nearest `neighbors` of the candidates to each query, nearest first, by squared Euclidean distance; of equally
/// near ones those with the lower index. With `skip_same_index`, query i is candidate i, and is no neighbor of its own.
/// There are at least `neighbors` other candidates. `indices` and `squared_distances` are [queries, neighbors].
void kernel_nearest(const float *queries, size_t query_count, const float *candidates, size_t candidate_count,
                    size_t dimensions, size_t neighbors, bool skip_same_index, int32_t *indices,
                    float *squared_distances, size_t threads);

/// sums[i, c] = the sum of the Euclidean distances from point i to the points of cluster c, in float64. `labels` are
/// 0..<clusters.
void kernel_cluster_distances(const float *points, const int32_t *labels, size_t count, size_t dimensions,
                              size_t clusters, double *sums, size_t threads);

/// t-SNE's conditional probabilities of each row's neighbors: a Gaussian whose width gives them the wanted perplexity.
/// `squared_distances` and `probabilities` are [count, neighbors]; `perplexity` is at most `neighbors`. Where more
/// neighbors than that are equally near, they get equal shares.
void kernel_tsne_affinities(const float *squared_distances, size_t count, size_t neighbors, double perplexity,
                            float *probabilities, size_t threads);

/// A sparse symmetric matrix of joint probabilities: row i's entries are row_begins[i]..<row_begins[i + 1].
typedef struct {
    const int64_t *row_begins;
    const int32_t *columns;
    const float *values;
} kernel_tsne_graph;

/// Barnes and Hut's tree over the points of an embedding, with memory for so many threads. One belongs to one embedding
/// as it moves.
typedef struct kernel_tsne_tree kernel_tsne_tree;
kernel_tsne_tree *kernel_tsne_tree_make(size_t count, size_t threads);
void kernel_tsne_tree_free(kernel_tsne_tree *tree);

/// The two parts of a quarter of the gradient of KL(P‖Q) at `coordinates` [count, 2]:
/// attraction[i] = Σ p_ij w_ij (y_i − y_j) and repulsion[i] = Σ w_ij² (y_i − y_j), with w_ij = 1 / (1 + |y_i − y_j|²).
/// Returns Z = Σ w_ij over all pairs i ≠ j; the gradient's quarter is attraction − repulsion / Z.
///
/// A group of points counts as one for others that see it under an angle below `theta`; with 0 the sums are exact. Runs
/// on the tree's threads.
double kernel_tsne_forces(kernel_tsne_tree *tree, const kernel_tsne_graph *graph, const float *coordinates, float theta,
                          float *attraction, float *repulsion);

/// KL(P‖Q) of the graph's probabilities, given Z.
double kernel_tsne_divergence(const kernel_tsne_graph *graph, size_t count, const float *coordinates, double z);

/// Settings of one step down the gradient.
typedef struct {
    float exaggeration, learning_rate, momentum;
} kernel_tsne_step;

/// Moves the coordinates [count, 2] by gradient descent with momentum and a gain for each coordinate (Jacobs 1988), and
/// centers them. `update` starts as zeros, `gains` as ones.
void kernel_tsne_move(const kernel_tsne_step *step, size_t count, const float *attraction, const float *repulsion,
                      double z, float *coordinates, float *update, float *gains);

#ifdef __cplusplus
}
#endif
