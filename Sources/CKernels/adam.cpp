#include "CKernels.h"
#include "parallel.hpp"

namespace {

MULTIVERSIONED
void update(float *__restrict value, const float *__restrict gradient, float *__restrict first_moment,
            float *__restrict second_moment, size_t count, float step_size, float beta1, float beta2, float epsilon) {
    for (size_t i = 0; i < count; ++i) {
        float g = gradient[i];
        float m = first_moment[i] + (g - first_moment[i]) * (1 - beta1);
        float v = second_moment[i] + (g * g - second_moment[i]) * (1 - beta2);
        first_moment[i] = m;
        second_moment[i] = v;
        // Not std::sqrt: that one may set errno, which keeps the loop from being vectorized.
        value[i] -= step_size * m / (__builtin_elementwise_sqrt(v) + epsilon);
    }
}

}  // namespace

void kernel_adam(const kernel_adam_slot *slots, size_t slot_count, const kernel_adam_settings *settings) {
    const kernel_adam_settings s = *settings;
    size_t total = 0;
    for (size_t i = 0; i < slot_count; ++i) total += slots[i].count;
    // All parameters count as one long array: each thread takes one range of it, whatever the parameters' sizes.
    kernels::parallel_ranges(total, [=](size_t begin, size_t end) {
        size_t slot_begin = 0;
        for (size_t i = 0; i < slot_count && slot_begin < end; ++i) {
            const kernel_adam_slot &slot = slots[i];
            size_t from = std::max(begin, slot_begin), to = std::min(end, slot_begin + slot.count);
            if (from < to) {
                size_t offset = from - slot_begin;
                update(slot.value + offset, slot.gradient + offset, slot.first_moment + offset,
                       slot.second_moment + offset, to - from, s.step_size, s.beta1, s.beta2,
                       s.epsilon);
            }
            slot_begin += slot.count;
        }
    });
}
