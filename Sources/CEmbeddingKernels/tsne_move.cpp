#include "CEmbeddingKernels.h"

#include <cmath>

namespace {

/// No point goes farther in one step: one that shot off would stretch the map for all.
constexpr float longest_move = 5;
constexpr float least_gain = 0.01f;

/// Grows while a coordinate keeps going down, and shrinks where it has gone too far.
float adapted(float gain, bool goes_down) { return goes_down ? gain + 0.2f : gain * 0.8f + least_gain; }

}  // namespace

void kernel_tsne_move(const kernel_tsne_step *step, size_t count, const float *attraction, const float *repulsion,
                      double z, float *coordinates, float *update, float *gains) {
    const auto per_z = float(1 / z);
    double center[2] = {0, 0};
    for (size_t i = 0; i < count; ++i) {
        float moves[2];
        for (size_t axis = 0; axis < 2; ++axis) {
            const size_t k = 2 * i + axis;
            const float gradient = step->exaggeration * attraction[k] - repulsion[k] * per_z;
            gains[k] = adapted(gains[k], (update[k] > 0) != (gradient > 0));
            moves[axis] = step->momentum * update[k] - step->learning_rate * gains[k] * gradient;
        }
        const float length = std::sqrt(moves[0] * moves[0] + moves[1] * moves[1]);
        const float scale = length > longest_move ? longest_move / length : 1;
        for (size_t axis = 0; axis < 2; ++axis) {
            const size_t k = 2 * i + axis;
            update[k] = moves[axis] * scale;
            coordinates[k] += update[k];
            center[axis] += coordinates[k];
        }
    }
    for (size_t k = 0; k < 2 * count; ++k) coordinates[k] -= float(center[k % 2] / double(count));
}
