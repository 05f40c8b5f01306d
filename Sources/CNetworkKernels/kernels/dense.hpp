#pragma once
// Dense layers: what `kernel_dense_layers` says, for sources of either type.

#include "dense_backward.hpp"
#include "dense_forward.hpp"
#include "dense_one.hpp"
#include "dense_pairs.hpp"

namespace {
namespace dense {

/// Calls `body` with the numbers that a layer with a source of this type multiplies.
template <typename Body>
INLINE void with_numbers(kernel_element_type type, const Body &body) {
#if defined(HAS_BFLOAT16_PRODUCTS)
    if (type == kernel_bfloat16 && Pairs::are_faster()) return body(Pairs());
#endif
    if (type == kernel_bfloat16) return body(Singles<bfloat16>());
    body(Singles<float>());
}

}  // namespace dense

inline bool dense_is_supported(const kernel_dense *shape) { return shape->units % panel == 0; }

inline size_t dense_scratch(const kernel_dense *shape, size_t threads) {
    size_t bytes = 0;
    dense::with_numbers(shape->type, [&](auto numbers) {
        using Numbers = decltype(numbers);
        bytes = std::max(dense::ForwardPlan<Numbers>(*shape, threads).bytes,
                         dense::BackwardPlan<Numbers>(*shape, threads).bytes);
    });
    return bytes;
}

inline void dense_forward(const kernel_dense *shape, const void *source, const float *weights,
                          const kernel_epilogue *epilogue, float *destination, void *scratch, size_t threads) {
    dense::with_numbers(shape->type, [&](auto numbers) {
        using Numbers = decltype(numbers);
        dense::forward<Numbers>(*shape, static_cast<const typename Numbers::Value *>(source), weights, *epilogue,
                                destination, static_cast<float *>(scratch), threads);
    });
}

inline void dense_backward(const kernel_dense *shape, const kernel_dense_gradients *gradients, void *scratch,
                           size_t threads) {
    dense::with_numbers(shape->type, [&](auto numbers) {
        dense::backward<decltype(numbers)>(*shape, *gradients, scratch, threads);
    });
}

const kernel_dense_layers dense_layers = {
    dense_is_supported, dense_scratch, dense_forward, dense_backward, dense::one_scratch, dense::one,
};

}  // namespace
