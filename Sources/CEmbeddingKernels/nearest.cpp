#include "CEmbeddingKernels.h"
#include "distances.hpp"
#include "parallel.hpp"

#include <cstdint>

using namespace embedding;

namespace {

/// The nearest candidates of one query so far. A candidate is its distance's bits in front of its index: as integers
/// they are in the order of distances, since these are not negative, and then of indices.
class Nearest {
public:
    void begin(size_t neighbors) {
        wanted = neighbors;
        found.clear();
        found.reserve(2 * neighbors + 16);
        limit = __builtin_inff();
    }

    /// No candidate that is farther will be among the nearest.
    float limit;

    void add(float distance, size_t index) {
        found.push_back(uint64_t(__builtin_bit_cast(uint32_t, distance)) << 32 | index);
        // To sort out once in a while takes less than to keep a heap in order.
        if (found.size() >= 2 * wanted + 16) keep_wanted();
    }

    void finish(int32_t *indices, float *distances) {
        keep_wanted();
        std::sort(found.begin(), found.end());
        for (size_t i = 0; i < wanted; ++i) {
            indices[i] = int32_t(uint32_t(found[i]));
            distances[i] = distance(found[i]);
        }
    }

private:
    size_t wanted;
    std::vector<uint64_t> found;

    static float distance(uint64_t candidate) { return __builtin_bit_cast(float, uint32_t(candidate >> 32)); }

    void keep_wanted() {
        if (found.size() <= wanted) return;
        std::nth_element(found.begin(), found.begin() + wanted - 1, found.end());
        found.resize(wanted);
        limit = distance(found.back());
    }
};

}  // namespace

void kernel_nearest(const float *queries, size_t query_count, const float *candidates, size_t candidate_count,
                    size_t dimensions, size_t neighbors, bool skip_same_index, int32_t *indices,
                    float *squared_distances, size_t threads) {
    const PointsInSixteens points(candidates, candidate_count, dimensions);
    parallel::chunks(threads, query_count, rows_at_once, [&](size_t, size_t first, size_t end) {
        Nearest nearest[rows_at_once];
        for (auto &row : nearest) row.begin(neighbors);
        const auto look = [&](size_t row, size_t begin, const float *found, size_t count) {
            Nearest &own = nearest[row - first];
            for (size_t k = 0; k < count; ++k) {
                const bool is_same = skip_same_index && begin + k == row;
                if (found[k] <= own.limit && !is_same) own.add(found[k], begin + k);
            }
        };
        points.for_distances<float>(queries, first, end, look);
        for (size_t row = first; row < end; ++row)
            nearest[row - first].finish(indices + row * neighbors, squared_distances + row * neighbors);
    });
}
