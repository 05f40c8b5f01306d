#include "CEmbeddingKernels.h"
#include "distances.hpp"
#include "parallel.hpp"

#include <cmath>

using namespace embedding;

void kernel_cluster_distances(const float *points, const int32_t *labels, size_t count, size_t dimensions,
                              size_t clusters, double *sums, size_t threads) {
    const PointsInSixteens others(points, count, dimensions);
    std::fill(sums, sums + count * clusters, 0.0);
    parallel::chunks(threads, count, rows_at_once, [&](size_t, size_t first, size_t end) {
        others.for_distances<double>(
            points, first, end, [&](size_t row, size_t begin, const double *found, size_t found_count) {
                for (size_t k = 0; k < found_count; ++k)
                    sums[row * clusters + size_t(labels[begin + k])] += std::sqrt(found[k]);
            });
    });
}
