#include "tsne_tree.hpp"

#include <algorithm>

namespace {

constexpr size_t largest_leaf = 16;
/// With more, fewer ways lead down the tree, but more sources are at the end of each.
constexpr size_t leaves_in_group = 4;
/// Points change their places by less than a leaf in so many steps.
constexpr size_t updates_between_sorts = 10;

size_t power_of_two_above(double value) {
    size_t power = 1;
    while (double(power) < value) power *= 2;
    return power;
}

/// The square of the distance from a box to a point; 0 inside.
float squared_distance(const kernel_tsne_tree::Node &box, float x, float y) {
    const float across = std::max({box.left - x, 0.f, x - box.right});
    const float along = std::max({box.bottom - y, 0.f, y - box.top});
    return across * across + along * along;
}

}  // namespace

kernel_tsne_tree::kernel_tsne_tree(size_t count, size_t threads)
    : count(count), leaves(power_of_two_above(double(count) / largest_leaf)),
      groups(std::max(leaves / leaves_in_group, size_t(1))), order(count), x(count), y(count), nodes(2 * leaves),
      z(groups), sources(std::max(threads, size_t(1)), tsne_sources(count)) {
    for (size_t i = 0; i < count; ++i) order[i] = uint32_t(i);
}

void kernel_tsne_tree::update(const float *coordinates) {
    if (updates++ % updates_between_sorts == 0) sort(coordinates, 0, leaves);
    for (size_t i = 0; i < count; ++i) {
        x[i] = coordinates[2 * order[i]];
        y[i] = coordinates[2 * order[i] + 1];
    }
    for (size_t leaf = 0; leaf < leaves; ++leaf) measure_leaf(leaf);
    for (size_t node = leaves - 1; node > 0; --node) measure_parent(node);
}

void kernel_tsne_tree::sort(const float *coordinates, size_t first_leaf, size_t end_leaf) {
    if (end_leaf - first_leaf == 1) return;
    const auto at = [&](size_t leaf) { return order.begin() + ptrdiff_t(begin(leaf)); };
    float low[2], high[2];
    for (size_t axis = 0; axis < 2; ++axis) {
        const auto [least, most] = std::minmax_element(at(first_leaf), at(end_leaf), [&](uint32_t i, uint32_t j) {
            return coordinates[2 * i + axis] < coordinates[2 * j + axis];
        });
        low[axis] = coordinates[2 * *least + axis];
        high[axis] = coordinates[2 * *most + axis];
    }
    const size_t axis = high[1] - low[1] > high[0] - low[0];
    const size_t middle = (first_leaf + end_leaf) / 2;
    std::nth_element(at(first_leaf), at(middle), at(end_leaf), [&](uint32_t i, uint32_t j) {
        const float a = coordinates[2 * i + axis], b = coordinates[2 * j + axis];
        return a != b ? a < b : i < j;
    });
    sort(coordinates, first_leaf, middle);
    sort(coordinates, middle, end_leaf);
}

void kernel_tsne_tree::measure_leaf(size_t leaf) {
    const size_t first = begin(leaf), end = begin(leaf + 1);
    Node node{x[first], x[first], y[first], y[first], 0, 0, 0, float(end - first)};
    for (size_t i = first; i < end; ++i) {
        node.left = std::min(node.left, x[i]);
        node.right = std::max(node.right, x[i]);
        node.bottom = std::min(node.bottom, y[i]);
        node.top = std::max(node.top, y[i]);
        node.x += x[i] / node.mass;
        node.y += y[i] / node.mass;
    }
    const float size = std::max(node.right - node.left, node.top - node.bottom);
    node.squared_size = size * size;
    nodes[leaves + leaf] = node;
}

void kernel_tsne_tree::measure_parent(size_t number) {
    const Node &a = nodes[2 * number], &b = nodes[2 * number + 1];
    Node node{std::min(a.left, b.left),
              std::max(a.right, b.right),
              std::min(a.bottom, b.bottom),
              std::max(a.top, b.top),
              0,
              0,
              0,
              a.mass + b.mass};
    node.x = (a.x * a.mass + b.x * b.mass) / node.mass;
    node.y = (a.y * a.mass + b.y * b.mass) / node.mass;
    const float size = std::max(node.right - node.left, node.top - node.bottom);
    node.squared_size = size * size;
    nodes[number] = node;
}

void kernel_tsne_tree::collect(size_t group, float theta, tsne_sources &found) const {
    const Node &box = nodes[groups + group];
    size_t filled = 0;
    const auto add = [&](float source_x, float source_y, float mass) {
        found.x[filled] = source_x;
        found.y[filled] = source_y;
        found.mass[filled++] = mass;
    };
    // A node's second child waits while its first is looked at: no more than one for each level, and the root.
    size_t waiting[65], waiting_count = 0;
    waiting[waiting_count++] = 1;
    while (waiting_count > 0) {
        const size_t number = waiting[--waiting_count];
        const Node &node = nodes[number];
        if (node.squared_size < theta * theta * squared_distance(box, node.x, node.y)) {
            add(node.x, node.y, node.mass);
        } else if (number >= leaves) {
            for (size_t i = begin(number - leaves); i < begin(number - leaves + 1); ++i) add(x[i], y[i], 1);
        } else {
            waiting[waiting_count++] = 2 * number + 1;
            waiting[waiting_count++] = 2 * number;
        }
    }
    while (filled % 16 != 0) add(0, 0, 0);
    found.count = filled;
}

kernel_tsne_tree *kernel_tsne_tree_make(size_t count, size_t threads) { return new kernel_tsne_tree(count, threads); }

void kernel_tsne_tree_free(kernel_tsne_tree *tree) { delete tree; }
