// Max pooling over windows that do not overlap.

#include "support.hpp"

using namespace dnn;

namespace {

struct Windows {
    memory::dims window, padding{0, 0}, dilation{0, 0}, output;

    Windows(const memory::desc &source, const int64_t *sizes) : window{sizes[0], sizes[1]}, output(dims_of(source)) {
        output[2] /= sizes[0];
        output[3] /= sizes[1];
    }
};

const auto maximum = dnnl::algorithm::pooling_max;

}  // namespace

dnn_primitive *dnn_max_pooling_forward(const dnn_layout *source, const int64_t window[2], bool training) {
    return guarded([&] {
        Windows w(source->desc, window);
#if DNNL_VERSION_MAJOR >= 3
        using Forward = dnnl::pooling_forward;
        Forward::primitive_desc description(engine(), forward_kind(training), maximum, source->desc, any(w.output, data_type_of(source->desc)),
                                            w.window, w.window, w.dilation, w.padding, w.padding, attributes());
#else
        using Forward = dnnl::pooling_v2_forward;
        Forward::primitive_desc description(
            Forward::desc(forward_kind(training), maximum, source->desc, any(w.output, data_type_of(source->desc)), w.window, w.window, w.dilation,
                          w.padding, w.padding),
            attributes(), engine());
#endif
        return make<Forward>(description);
    });
}

dnn_primitive *dnn_max_pooling_backward(const dnn_primitive *forward, const int64_t window[2]) {
    return guarded([&] {
#if DNNL_VERSION_MAJOR >= 3
        using Backward = dnnl::pooling_backward;
        auto of_forward = hint<dnnl::pooling_forward>(forward);
        Windows w(of_forward.src_desc(), window);
        Backward::primitive_desc description(engine(), maximum, of_forward.src_desc(), of_forward.dst_desc(), w.window,
                                             w.window, w.dilation, w.padding, w.padding, of_forward, attributes());
#else
        using Backward = dnnl::pooling_v2_backward;
        auto of_forward = hint<dnnl::pooling_v2_forward>(forward);
        Windows w(of_forward.src_desc(), window);
        Backward::primitive_desc description(
            Backward::desc(maximum, of_forward.src_desc(), of_forward.dst_desc(), w.window, w.window, w.dilation,
                           w.padding, w.padding),
            attributes(), engine(), of_forward);
#endif
        return make<Backward>(description);
    });
}
