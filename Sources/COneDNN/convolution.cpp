// Convolution: forward, and its two backward passes.

#include "support.hpp"

using namespace dnn;

namespace {

struct Shapes {
    memory::dims source, weights, bias, destination, strides, padding_before, padding_after;
    memory::data_type type;

    explicit Shapes(const dnn_convolution &s)
        : source{s.batch, s.input_channels, s.input[0], s.input[1]},
          weights{s.output_channels, s.input_channels, s.kernel[0], s.kernel[1]},
          bias{s.output_channels},
          destination{s.batch, s.output_channels, s.output[0], s.output[1]},
          strides{1, 1},
          padding_before{s.padding_before[0], s.padding_before[1]},
          padding_after{s.padding_after[0], s.padding_after[1]},
          type(data_type(s.type)) {}
};

const auto direct = dnnl::algorithm::convolution_direct;

}  // namespace

dnn_primitive *dnn_convolution_forward(const dnn_convolution *shape, const dnn_layout *source,
                                       const dnn_layout *weights, const dnn_layout *destination,
                                       dnn_epilogue epilogue, bool training) {
    return guarded([&] {
        using Forward = dnnl::convolution_forward;
        Shapes s(*shape);
        auto source_desc = chosen(source, s.source, s.type), weights_desc = chosen(weights, s.weights, s.type);
        auto destination_desc = chosen(destination, s.destination, s.type);
        auto attributes = dnn::attributes(epilogue, shape->output_channels, 4);
#if DNNL_VERSION_MAJOR >= 3
        Forward::primitive_desc description(engine(), forward_kind(training), direct, source_desc, weights_desc,
                                            any(s.bias), destination_desc, s.strides, s.padding_before,
                                            s.padding_after, attributes);
#else
        Forward::primitive_desc description(
            Forward::desc(forward_kind(training), direct, source_desc, weights_desc, any(s.bias), destination_desc,
                          s.strides, s.padding_before, s.padding_after),
            attributes, engine());
#endif
        return make<Forward>(description);
    });
}

dnn_primitive *dnn_convolution_backward_data(const dnn_convolution *shape, const dnn_primitive *forward,
                                             const dnn_layout *weights) {
    return guarded([&] {
        using Backward = dnnl::convolution_backward_data;
        Shapes s(*shape);
        auto of_forward = hint<dnnl::convolution_forward>(forward);
        auto weights_desc = chosen(weights, s.weights, s.type);
#if DNNL_VERSION_MAJOR >= 3
        Backward::primitive_desc description(engine(), direct, of_forward.src_desc(), weights_desc,
                                             of_forward.dst_desc(), s.strides, s.padding_before, s.padding_after,
                                             of_forward, attributes());
#else
        Backward::primitive_desc description(
            Backward::desc(direct, of_forward.src_desc(), weights_desc, of_forward.dst_desc(), s.strides,
                           s.padding_before, s.padding_after),
            attributes(), engine(), of_forward);
#endif
        return make<Backward>(description);
    });
}

dnn_primitive *dnn_convolution_backward_weights(const dnn_convolution *shape, const dnn_primitive *forward,
                                                const dnn_layout *weights_gradient) {
    return guarded([&] {
        using Backward = dnnl::convolution_backward_weights;
        Shapes s(*shape);
        auto of_forward = hint<dnnl::convolution_forward>(forward);
        auto weights_desc = chosen(weights_gradient, s.weights);
#if DNNL_VERSION_MAJOR >= 3
        Backward::primitive_desc description(engine(), direct, of_forward.src_desc(), weights_desc, any(s.bias),
                                             of_forward.dst_desc(), s.strides, s.padding_before, s.padding_after,
                                             of_forward, attributes());
#else
        Backward::primitive_desc description(
            Backward::desc(direct, of_forward.src_desc(), weights_desc, any(s.bias), of_forward.dst_desc(), s.strides,
                           s.padding_before, s.padding_after),
            attributes(), engine(), of_forward);
#endif
        return make<Backward>(description);
    });
}
