#pragma once
// Squared Euclidean distances between a few points and many others.

#include <algorithm>
#include <cstddef>
#include <vector>

namespace embedding {

/// So many rows are looked at together: as many chains of sums as it takes to keep two units for multiplications busy.
constexpr size_t rows_at_once = 4;

/// The squared distances of four rows to `count` sixteens, [4][16 * count], in float32 or float64.
void squared_distances(const float *const (&rows)[rows_at_once], const float *sixteens, size_t count, size_t dimensions,
                       float *distances);
void squared_distances(const float *const (&rows)[rows_at_once], const float *sixteens, size_t count, size_t dimensions,
                       double *distances);

/// Points as [sixteens][dimensions][16], so that sixteen distances grow in the lanes of one vector. The last sixteen is
/// filled up with zeros.
class PointsInSixteens {
public:
    PointsInSixteens(const float *points, size_t count, size_t dimensions);

    /// Calls `body(row, begin, distances, count)` with the squared distances of each of the rows first..<end, at most
    /// four, to the points begin..<begin + count, until all points have had their turn in order.
    template <typename Real, typename Body>
    void for_distances(const float *rows, size_t first, size_t end, const Body &body) const {
        const float *chosen[rows_at_once];
        for (size_t r = 0; r < rows_at_once; ++r) chosen[r] = rows + std::min(first + r, end - 1) * dimensions;
        alignas(64) Real distances[rows_at_once * block];
        for (size_t begin = 0; begin < count; begin += block) {
            const size_t size = std::min(block, count - begin), sixteens = (size + 15) / 16;
            squared_distances(chosen, &values[begin * dimensions], sixteens, dimensions, distances);
            for (size_t row = first; row < end; ++row)
                body(row, begin, distances + (row - first) * sixteens * 16, size);
        }
    }

private:
    /// Distances to so many points fit the first-level cache.
    static constexpr size_t block = 512;

    size_t count, dimensions;
    std::vector<float> values;
};

}  // namespace embedding
