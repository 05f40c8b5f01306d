#pragma once
// Barnes and Hut's tree (van der Maaten 2014), as a balanced k-d tree: each node splits its points in two halves across
// the longer side of their box. So the tree is an array, and its leaves hold nearly the same number of points. Where a
// point belongs is only looked at once in a while. That costs no exactness: boxes and centers are made anew for each
// step.

#include "CEmbeddingKernels.h"

#include <vector>

/// What points are repelled by: single points, and groups that count as one. No more than there are points.
struct tsne_sources {
    std::vector<float> x, y, mass;
    size_t count = 0;

    explicit tsne_sources(size_t points) : x(points + 15), y(points + 15), mass(points + 15) {}
};

struct kernel_tsne_tree {
    /// A node's points: their box, the square of its longer side, their center and their number.
    struct Node {
        float left, right, bottom, top, squared_size, x, y, mass;
    };

    size_t count, leaves;
    /// Neighboring leaves that look for their sources together. Their number is that of the nodes on one level.
    size_t groups;
    /// The points, in the leaves' order.
    std::vector<uint32_t> order;
    std::vector<float> x, y;
    /// Node n has the children 2n and 2n + 1; node 1 is the root; the leaves come last.
    std::vector<Node> nodes;
    /// Each group's part of Z.
    std::vector<double> z;
    /// One for each thread.
    std::vector<tsne_sources> sources;

    kernel_tsne_tree(size_t count, size_t threads);

    /// The first point of a group, and the end of the group before.
    size_t group_begin(size_t group) const { return begin(group * (leaves / groups)); }

    /// Follows the points to where they are now.
    void update(const float *coordinates);

    /// Everything that the points of a group are repelled by, filled up to sixteens with sources of mass 0.
    void collect(size_t group, float theta, tsne_sources &found) const;

private:
    size_t updates = 0;

    /// The first point of a leaf, and the end of the leaf before.
    size_t begin(size_t leaf) const { return count * leaf / leaves; }

    void sort(const float *coordinates, size_t first_leaf, size_t end_leaf);
    void measure_leaf(size_t leaf);
    void measure_parent(size_t node);
};
