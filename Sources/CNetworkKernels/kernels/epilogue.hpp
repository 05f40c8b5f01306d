#pragma once
// What is done to a result on its way out of the registers.

#include "vector.hpp"

namespace {

/// The epilogue of one vector of channels, of which the first `present` exist.
struct Finish {
    Vector bias, lower_bound, scale, shift;

    INLINE Finish(const kernel_epilogue &epilogue, size_t channel, size_t present) {
        const auto numbers = [=](const float *array, float otherwise) __attribute__((always_inline)) {
            if (!array) return splat(otherwise);
            return present >= lanes ? load(array + channel) : load_first(array + channel, present);
        };
        bias = numbers(epilogue.bias, 0);
        lower_bound = splat(epilogue.relu ? 0 : -std::numeric_limits<float>::infinity());
        scale = numbers(epilogue.scale, 1);
        shift = numbers(epilogue.shift, 0);
    }

    INLINE Vector operator()(Vector sum) const { return maximum(lower_bound, sum + bias) * scale + shift; }
};

}  // namespace
