#include "CEmbeddingKernels.h"
#include "parallel.hpp"

#include <cmath>
#include <limits>
#include <vector>

namespace {

/// A row's Gaussian for one precision: p_j ∝ exp(-precision · d_j).
struct Gaussian {
    double sum, entropy, variance;  // of the unnormalized p; of p in nats; of the squared distances under p
};

/// `distances` begin at 0, so that no exponential overflows and the largest is 1.
Gaussian gaussian(const double *distances, size_t count, double precision, double *unnormalized) {
    double sum = 0, first = 0, second = 0;
    for (size_t j = 0; j < count; ++j) {
        const double p = std::exp(-precision * distances[j]);
        unnormalized[j] = p;
        sum += p;
        first += p * distances[j];
        second += p * distances[j] * distances[j];
    }
    const double mean = first / sum;
    return {sum, std::log(sum) + precision * mean, second / sum - mean * mean};
}

/// Finds the precision between the last one that was too low and the last one that was too high: by Newton's method on
/// its logarithm where that stays between them, else by bisection.
void affinities_of_row(const double *distances, size_t count, double entropy, double *unnormalized, float *row) {
    constexpr int most_attempts = 100;  // more only where ties leave no precision with this entropy
    constexpr double tolerance = 1e-9;
    double mean = 0;
    for (size_t j = 0; j < count; ++j) mean += distances[j] / count;
    double precision = mean > 0 ? 1 / mean : 1, low = 0, high = std::numeric_limits<double>::infinity();
    Gaussian found = gaussian(distances, count, precision, unnormalized);
    for (int attempt = 0; attempt < most_attempts && std::abs(found.entropy - entropy) > tolerance; ++attempt) {
        (found.entropy > entropy ? low : high) = precision;
        const double slope = precision * precision * found.variance;
        const double newton = precision * std::exp((found.entropy - entropy) / slope);
        if (newton > low && newton < high && newton < 4 * precision)
            precision = newton;
        else
            precision = std::isinf(high) ? 2 * precision : (low + high) / 2;
        found = gaussian(distances, count, precision, unnormalized);
    }
    for (size_t j = 0; j < count; ++j) row[j] = float(unnormalized[j] / found.sum);
}

}  // namespace

void kernel_tsne_affinities(const float *squared_distances, size_t count, size_t neighbors, double perplexity,
                            float *probabilities, size_t threads) {
    parallel::chunks(threads, count, 64, [&](size_t, size_t begin, size_t end) {
        std::vector<double> distances(neighbors), unnormalized(neighbors);
        for (size_t i = begin; i < end; ++i) {
            const float *row = squared_distances + i * neighbors;
            const float nearest = *std::min_element(row, row + neighbors);
            for (size_t j = 0; j < neighbors; ++j) distances[j] = double(row[j]) - nearest;
            affinities_of_row(distances.data(), neighbors, std::log(perplexity), unnormalized.data(),
                              probabilities + i * neighbors);
        }
    });
}
