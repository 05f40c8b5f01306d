// Batch normalization over the channels, with a learned scale and shift.

#include "support.hpp"

using namespace dnn;
using dnnl::normalization_flags;

namespace {

const auto affine = normalization_flags::use_scale | normalization_flags::use_shift;

dnnl::batch_normalization_forward::primitive_desc forward(const memory::desc &source, prop_kind kind, float epsilon,
                                                          normalization_flags flags) {
    using Forward = dnnl::batch_normalization_forward;
#if DNNL_VERSION_MAJOR >= 3
    return Forward::primitive_desc(engine(), kind, source, source, epsilon, flags, attributes());
#else
    return Forward::primitive_desc(Forward::desc(kind, source, epsilon, flags), attributes(), engine());
#endif
}

}  // namespace

dnn_primitive *dnn_batch_normalization_forward(const dnn_layout *source, float epsilon) {
    return guarded([&] {
        return make<dnnl::batch_normalization_forward>(forward(
            source->desc, prop_kind::forward_inference, epsilon, affine | normalization_flags::use_global_stats));
    });
}

dnn_primitive *dnn_batch_normalization_backward(const dnn_layout *source, float epsilon) {
    return guarded([&] {
        using Backward = dnnl::batch_normalization_backward;
        auto of_forward = forward(source->desc, prop_kind::forward_training, epsilon, affine);
#if DNNL_VERSION_MAJOR >= 3
        Backward::primitive_desc description(engine(), prop_kind::backward, source->desc, source->desc, source->desc,
                                             epsilon, affine, of_forward, attributes());
#else
        Backward::primitive_desc description(
            Backward::desc(prop_kind::backward, source->desc, source->desc, epsilon, affine), attributes(), engine(),
            of_forward);
#endif
        return make<Backward>(description);
    });
}
