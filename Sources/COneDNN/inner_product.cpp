// Dense layers: forward, and the two backward passes.

#include "support.hpp"

using namespace dnn;

namespace {

memory::dims weights_dims(const memory::desc &source, int64_t units) {
    memory::dims dims = dims_of(source);
    dims[0] = units;
    return dims;
}

memory::desc row_major(int64_t rows, int64_t columns, memory::data_type type = memory::data_type::f32) {
    return {{rows, columns}, type, memory::format_tag::ab};
}

/// The destination's gradient, which oneDNN wants in the source's type.
memory::desc destination_gradient(const dnnl::inner_product_forward::primitive_desc &forward) {
    auto dims = dims_of(forward.dst_desc());
    return row_major(dims[0], dims[1], data_type_of(forward.src_desc()));
}

}  // namespace

dnn_primitive *dnn_inner_product_forward(const dnn_layout *source, const dnn_layout *weights, int64_t units,
                                         dnn_epilogue epilogue, bool training) {
    return guarded([&] {
        using Forward = dnnl::inner_product_forward;
        auto weights_desc = chosen(weights, weights_dims(source->desc, units), data_type_of(source->desc));
        auto destination = row_major(dims_of(source->desc)[0], units);
#if DNNL_VERSION_MAJOR >= 3
        Forward::primitive_desc description(engine(), forward_kind(training), source->desc, weights_desc, any({units}),
                                            destination, attributes(epilogue, units, 2));
#else
        Forward::primitive_desc description(
            Forward::desc(forward_kind(training), source->desc, weights_desc, any({units}), destination),
            attributes(epilogue, units, 2), engine());
#endif
        return make<Forward>(description);
    });
}

dnn_primitive *dnn_inner_product_backward_data(const dnn_primitive *forward, const dnn_layout *weights) {
    return guarded([&] {
        using Backward = dnnl::inner_product_backward_data;
        auto of_forward = hint<dnnl::inner_product_forward>(forward);
        auto source = of_forward.src_desc(), destination = destination_gradient(of_forward);
        auto weights_desc = chosen(weights, weights_dims(source, dims_of(destination)[1]), data_type_of(source));
#if DNNL_VERSION_MAJOR >= 3
        Backward::primitive_desc description(engine(), source, weights_desc, destination, of_forward, attributes());
#else
        Backward::primitive_desc description(Backward::desc(source, weights_desc, destination), attributes(), engine(),
                                             of_forward);
#endif
        return make<Backward>(description);
    });
}

dnn_primitive *dnn_inner_product_backward_weights(const dnn_primitive *forward, const dnn_layout *weights_gradient) {
    return guarded([&] {
        using Backward = dnnl::inner_product_backward_weights;
        auto of_forward = hint<dnnl::inner_product_forward>(forward);
        auto source = of_forward.src_desc(), destination = destination_gradient(of_forward);
        int64_t units = dims_of(destination)[1];
        auto weights_desc = chosen(weights_gradient, weights_dims(source, units));
#if DNNL_VERSION_MAJOR >= 3
        Backward::primitive_desc description(engine(), source, weights_desc, any({units}), destination, of_forward,
                                             attributes());
#else
        Backward::primitive_desc description(Backward::desc(source, weights_desc, any({units}), destination),
                                             attributes(), engine(), of_forward);
#endif
        return make<Backward>(description);
    });
}
