// What else oneDNN has for a convolution or a dense layer: other layouts, algorithms and implementations. A profile
// compares what runs with the best of them.

#include "support.hpp"

#include <cstring>

using namespace dnn;

namespace {

/// Calls `use` with a description, whose arguments are alike in both versions of the library. Only within `use`:
/// oneDNN 2.x steps from one implementation to the next by looking at the operation's descriptor once more.
template <typename Primitive, typename Use, typename... Arguments>
void with_forward_description(const Use &use, const dnnl::primitive_attr &attributes, Arguments... arguments) {
#if DNNL_VERSION_MAJOR >= 3
    use(typename Primitive::primitive_desc(engine(), arguments..., attributes));
#else
    typename Primitive::desc operation(arguments...);
    use(typename Primitive::primitive_desc(operation, attributes, engine()));
#endif
}

/// The same for a backward pass, which is told of the forward one.
template <typename Primitive, typename Use, typename Forward, typename... Arguments>
void with_backward_description(const Use &use, const Forward &of_forward, Arguments... arguments) {
#if DNNL_VERSION_MAJOR >= 3
    use(typename Primitive::primitive_desc(engine(), arguments..., of_forward, dnnl::primitive_attr()));
#else
    typename Primitive::desc operation(arguments...);
    use(typename Primitive::primitive_desc(operation, dnnl::primitive_attr(), engine(), of_forward));
#endif
}

class Alternatives {
public:
    Alternatives(const dnn_primitive &original, dnn_primitive **found, int capacity)
        : original(original), found(found), capacity(capacity) {}

    int collect() {
        // One algorithm more or less is no failure: not every machine and version has all of them.
        const auto kind = original.primitive.get_kind();
        if (kind == dnnl::primitive::kind::convolution) {
            guarded([&] { return convolution(dnnl::algorithm::convolution_direct); });
#if DNNL_VERSION_MAJOR < 3
            guarded([&] { return convolution(dnnl::algorithm::convolution_winograd); });
#endif
        } else if (kind == dnnl::primitive::kind::inner_product) {
            guarded([&] { return inner_product(); });
        }
        return count;
    }

private:
    const dnn_primitive &original;
    dnn_primitive **found;
    int capacity;
    int count = 0;

    memory::desc given(int argument) const {
        return original.description.query_md(dnnl::query::exec_arg_md, argument);
    }

    bool has(int argument) const { return given(argument).get_size() > 0; }

    /// The shape of an argument, or of its gradient where the primitive has only that, in a layout of oneDNN's choice.
    memory::desc free(int argument, int gradient) const {
        memory::desc desc = has(argument) ? given(argument) : given(gradient);
#if DNNL_VERSION_MAJOR >= 3
        return {desc.get_dims(), desc.get_data_type(), memory::format_tag::any};
#else
        return {desc.dims(), desc.data_type(), memory::format_tag::any};
#endif
    }

    /// What is fused behind the forward pass.
    dnnl::primitive_attr forward_attributes() const {
        dnnl::primitive_attr attributes;
        attributes.set_post_ops(original.description.get_primitive_attr().get_post_ops());
        return attributes;
    }

    memory::desc source() const { return free(DNNL_ARG_SRC, DNNL_ARG_DIFF_SRC); }
    memory::desc weights() const { return free(DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_WEIGHTS); }
    memory::desc destination() const { return free(DNNL_ARG_DST, DNNL_ARG_DIFF_DST); }

    /// Adds all implementations but the reference ones, which are hundreds of times slower. With 3.x only the first:
    /// 3.2's others may lack the scratch memory that they write to.
    template <typename Primitive>
    auto adding() {
        return [this](typename Primitive::primitive_desc description) {
            bool has_more = true;
            while (has_more && count < capacity) {
                if (!std::strstr(description.impl_info_str(), "ref")) found[count++] = make<Primitive>(description);
                has_more = DNNL_VERSION_MAJOR < 3 && description.next_impl();
            }
        };
    }

    bool convolution(dnnl::algorithm algorithm) {
        memory::dims strides, before, after;
#if DNNL_VERSION_MAJOR >= 3
        strides = original.description.get_strides();
        before = original.description.get_padding_l();
        after = original.description.get_padding_r();
#else
        const dnnl_convolution_desc_t *shape = nullptr;
        dnnl::error::wrap_c_api(
            dnnl_primitive_desc_query(original.description.get(), dnnl_query_convolution_d, 0, &shape),
            "could not read the convolution's shape");
        strides.assign(shape->strides, shape->strides + 2);
        before.assign(shape->padding[0], shape->padding[0] + 2);
        after.assign(shape->padding[1], shape->padding[1] + 2);
#endif
        using Forward = dnnl::convolution_forward;
        auto with_forward = [&](memory::desc bias, const dnnl::primitive_attr &attributes, const auto &use) {
            with_forward_description<Forward>(use, attributes, prop_kind::forward_training, algorithm, source(),
                                              weights(), bias, destination(), strides, before, after);
        };
        if (has(DNNL_ARG_DIFF_WEIGHTS)) {
            using Backward = dnnl::convolution_backward_weights;
            auto bias = given(DNNL_ARG_DIFF_BIAS);
            with_forward(bias, dnnl::primitive_attr(), [&](auto forward) {
                with_backward_description<Backward>(adding<Backward>(), forward, algorithm, source(), weights(), bias,
                                                    destination(), strides, before, after);
            });
        } else if (has(DNNL_ARG_DIFF_SRC)) {
            using Backward = dnnl::convolution_backward_data;
            with_forward(memory::desc(), dnnl::primitive_attr(), [&](auto forward) {
                with_backward_description<Backward>(adding<Backward>(), forward, algorithm, source(), weights(),
                                                    destination(), strides, before, after);
            });
        } else {
            with_forward(given(DNNL_ARG_BIAS), forward_attributes(), adding<Forward>());
        }
        return true;
    }

    bool inner_product() {
        using Forward = dnnl::inner_product_forward;
        auto with_forward = [&](memory::desc bias, const dnnl::primitive_attr &attributes, const auto &use) {
            with_forward_description<Forward>(use, attributes, prop_kind::forward_training, source(), weights(), bias,
                                              destination());
        };
        if (has(DNNL_ARG_DIFF_WEIGHTS)) {
            using Backward = dnnl::inner_product_backward_weights;
            auto bias = given(DNNL_ARG_DIFF_BIAS);
            with_forward(bias, dnnl::primitive_attr(), [&](auto forward) {
                with_backward_description<Backward>(adding<Backward>(), forward, source(), weights(), bias,
                                                    destination());
            });
        } else if (has(DNNL_ARG_DIFF_SRC)) {
            using Backward = dnnl::inner_product_backward_data;
            with_forward(memory::desc(), dnnl::primitive_attr(), [&](auto forward) {
                with_backward_description<Backward>(adding<Backward>(), forward, source(), weights(), destination());
            });
        } else {
            with_forward(given(DNNL_ARG_BIAS), forward_attributes(), adding<Forward>());
        }
        return true;
    }
};

}  // namespace

int dnn_primitive_alternatives(const dnn_primitive *primitive, dnn_primitive **alternatives, int capacity) {
    return Alternatives(*primitive, alternatives, capacity).collect();
}
