// Batch normalization over the channels, with a learned scale and shift.

#include "support.hpp"

using namespace dnn;
using dnnl::normalization_flags;

namespace {

const auto affine = normalization_flags::use_scale | normalization_flags::use_shift;

}  // namespace

dnn_primitive *dnn_batch_normalization_forward(const dnn_layout *source, float epsilon, bool training) {
    return guarded([&] {
        using Forward = dnnl::batch_normalization_forward;
        auto flags = training ? affine : affine | normalization_flags::use_global_stats;
#if DNNL_VERSION_MAJOR >= 3
        Forward::primitive_desc description(engine(), forward_kind(training), source->desc, source->desc, epsilon,
                                            flags, attributes());
#else
        Forward::primitive_desc description(Forward::desc(forward_kind(training), source->desc, epsilon, flags),
                                            attributes(), engine());
#endif
        return make<Forward>(description);
    });
}

dnn_primitive *dnn_batch_normalization_backward(const dnn_primitive *forward, float epsilon) {
    return guarded([&] {
        using Backward = dnnl::batch_normalization_backward;
        auto of_forward = hint<dnnl::batch_normalization_forward>(forward);
        auto source = of_forward.src_desc();
#if DNNL_VERSION_MAJOR >= 3
        Backward::primitive_desc description(engine(), prop_kind::backward, source, source, source, epsilon, affine,
                                             of_forward, attributes());
#else
        Backward::primitive_desc description(Backward::desc(prop_kind::backward, source, source, epsilon, affine),
                                             attributes(), engine(), of_forward);
#endif
        return make<Backward>(description);
    });
}
