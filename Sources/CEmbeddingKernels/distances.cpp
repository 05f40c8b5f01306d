#include "distances.hpp"

#include "vector16.hpp"

namespace embedding {

namespace {

/// Differences are squared, not multiplied out: that costs no more with vectors this short, and near points keep all
/// their digits.
template <typename Vector, typename Real>
ALWAYS_INLINE void fill_distances(const float *const (&rows)[rows_at_once], const float *sixteens, size_t count,
                                  size_t dimensions, Real *distances) {
    for (size_t s = 0; s < count; ++s) {
        Vector sums[rows_at_once];
        for (auto &sum : sums) sum = Vector{};
        for (size_t d = 0; d < dimensions; ++d) {
            const Vector others = __builtin_convertvector(load16(sixteens + (s * dimensions + d) * 16), Vector);
            for (size_t r = 0; r < rows_at_once; ++r) {
                const Vector difference = others - Real(rows[r][d]);
                sums[r] += difference * difference;
            }
        }
        for (size_t r = 0; r < rows_at_once; ++r) store16(sums[r], distances + (r * count + s) * 16);
    }
}

}  // namespace

MULTIVERSIONED void squared_distances(const float *const (&rows)[rows_at_once], const float *sixteens, size_t count,
                                      size_t dimensions, float *distances) {
    fill_distances<floats16>(rows, sixteens, count, dimensions, distances);
}

MULTIVERSIONED void squared_distances(const float *const (&rows)[rows_at_once], const float *sixteens, size_t count,
                                      size_t dimensions, double *distances) {
    fill_distances<doubles16>(rows, sixteens, count, dimensions, distances);
}

PointsInSixteens::PointsInSixteens(const float *points, size_t count, size_t dimensions)
    : count(count), dimensions(dimensions), values((count + 15) / 16 * 16 * dimensions) {
    for (size_t i = 0; i < count; ++i)
        for (size_t d = 0; d < dimensions; ++d)
            values[(i / 16 * dimensions + d) * 16 + i % 16] = points[i * dimensions + d];
}

}  // namespace embedding
