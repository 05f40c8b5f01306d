#pragma once
// What the operation families share: the types behind the C interface, and the way from C++ exceptions to its errors.

#include "COneDNN.h"

#include <oneapi/dnnl/dnnl.hpp>

#include <string>
#include <unordered_map>
#include <vector>

struct dnn_layout {
    dnnl::memory::desc desc;
};

struct dnn_primitive {
    dnnl::primitive_desc_base description;
    dnnl::primitive primitive;
    std::string implementation;
    // The arguments in the form that execution takes, so that a run allocates nothing here.
    std::unordered_map<int, dnnl::memory> memories;
    std::vector<dnnl_exec_arg_t> arguments;
};

namespace dnn {

using dnnl::memory;
using dnnl::prop_kind;

const dnnl::engine &engine();
const dnnl::stream &stream();
void set_error(const std::string &message);

/// Runs `body`; an exception becomes the error text and NULL.
template <typename Body>
auto guarded(Body body) -> decltype(body()) {
    try {
        return body();
    } catch (const dnnl::error &error) {
        set_error(std::string(error.what()) + " (oneDNN status " + std::to_string(error.status) + ")");
    } catch (const std::exception &error) {
        set_error(error.what());
    }
    return {};
}

inline memory::data_type data_type(dnn_element_type type) {
    return type == dnn_bfloat16 ? memory::data_type::bf16 : memory::data_type::f32;
}

inline memory::data_type data_type_of(const memory::desc &desc) {
#if DNNL_VERSION_MAJOR >= 3
    return desc.get_data_type();
#else
    return desc.data_type();
#endif
}

inline memory::desc any(memory::dims dims, memory::data_type type = memory::data_type::f32) {
    return {std::move(dims), type, memory::format_tag::any};
}

/// `layout`'s descriptor, or free choice for a tensor of `dims`.
inline memory::desc chosen(const dnn_layout *layout, memory::dims dims,
                           memory::data_type type = memory::data_type::f32) {
    return layout ? layout->desc : any(std::move(dims), type);
}

inline memory::dims dims_of(const memory::desc &desc) {
#if DNNL_VERSION_MAJOR >= 3
    return desc.get_dims();
#else
    return desc.dims();
#endif
}

inline prop_kind forward_kind(bool training) {
    return training ? prop_kind::forward_training : prop_kind::forward_inference;
}

/// Scratch memory is the caller's, so that all primitives of a program share one buffer; the epilogue is fused behind. Its
/// scale and shift have one value for each of the `channels` of a destination of `rank` dimensions.
inline dnnl::primitive_attr attributes(dnn_epilogue epilogue = dnn_nothing, memory::dim channels = 0, size_t rank = 0) {
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    if (epilogue != dnn_nothing) {
        dnnl::post_ops operations;
#if DNNL_VERSION_MAJOR >= 3
        operations.append_eltwise(dnnl::algorithm::eltwise_relu, 0, 0);
#else
        operations.append_eltwise(1, dnnl::algorithm::eltwise_relu, 0, 0);
#endif
        if (epilogue == dnn_relu_and_rescaling) {
            memory::dims dims(rank, 1), strides(rank, 1);
            dims[1] = strides[0] = channels;
            const memory::desc factors(dims, memory::data_type::f32, strides);
            operations.append_binary(dnnl::algorithm::binary_mul, factors);
            operations.append_binary(dnnl::algorithm::binary_add, factors);
        }
        attributes.set_post_ops(operations);
    }
    return attributes;
}

template <typename Primitive, typename Description>
dnn_primitive *make(const Description &description) {
    return new dnn_primitive{description, Primitive(description), description.impl_info_str(), {}, {}};
}

/// The forward primitive's description, which oneDNN wants as a hint for the backward ones.
template <typename Primitive>
typename Primitive::primitive_desc hint(const dnn_primitive *forward) {
    dnnl_primitive_desc_t copy = nullptr;
    dnnl::error::wrap_c_api(dnnl_primitive_desc_clone(&copy, forward->description.get()),
                            "could not read the forward primitive");
    return typename Primitive::primitive_desc(copy);
}

}  // namespace dnn
