// The engine, layouts, and what all primitives can do: be bound, be run, be asked.

#include "support.hpp"

// oneDNN runs on the OpenMP runtime; these two are its C interface, declared here because clang ships no omp.h.
extern "C" void omp_set_num_threads(int);
extern "C" int omp_get_max_threads(void);

namespace dnn {

static thread_local std::string last_error;

void set_error(const std::string &message) { last_error = message; }

const dnnl::engine &engine() {
    static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    return engine;
}

const dnnl::stream &stream() {
    static const dnnl::stream stream(engine());
    return stream;
}

static const char *name(dnnl_cpu_isa_t isa) {
    switch (isa) {
    case dnnl_cpu_isa_sse41: return "sse41";
    case dnnl_cpu_isa_avx: return "avx";
    case dnnl_cpu_isa_avx2: return "avx2";
    case dnnl_cpu_isa_avx2_vnni: return "avx2_vnni";
    case dnnl_cpu_isa_avx512_core: return "avx512_core";
    case dnnl_cpu_isa_avx512_core_vnni: return "avx512_core_vnni";
    case dnnl_cpu_isa_avx512_core_bf16: return "avx512_core_bf16";
    case dnnl_cpu_isa_avx512_core_amx: return "avx512_core_amx";
    default: return "other";
    }
}

}  // namespace dnn

using namespace dnn;

const char *dnn_last_error(void) { return last_error.c_str(); }

const char *dnn_version(void) {
    static const std::string version = [] {
        const dnnl_version_t *v = dnnl_version();
        return std::to_string(v->major) + "." + std::to_string(v->minor) + "." + std::to_string(v->patch);
    }();
    return version.c_str();
}

const char *dnn_instruction_set(void) { return name(dnnl_get_effective_cpu_isa()); }

bool dnn_has_avx512(void) {
    const auto isa = dnnl_get_effective_cpu_isa();
    return (isa & dnnl_cpu_isa_avx512_core) == dnnl_cpu_isa_avx512_core;
}

bool dnn_has_bfloat16(void) {
    // A set's number has the bits of all sets that it includes.
    return (dnnl_get_effective_cpu_isa() & dnnl_cpu_isa_avx512_core_bf16) == dnnl_cpu_isa_avx512_core_bf16;
}

void dnn_set_threads(int threads) { omp_set_num_threads(threads); }
int dnn_threads(void) { return omp_get_max_threads(); }

dnn_layout *dnn_layout_strided(const int64_t *dimensions, const int64_t *strides, int rank, dnn_element_type type) {
    return guarded([&] {
        return new dnn_layout{memory::desc(memory::dims(dimensions, dimensions + rank), data_type(type),
                                           memory::dims(strides, strides + rank))};
    });
}

dnn_layout *dnn_layout_channel_blocks(const int64_t *dimensions, int64_t block, dnn_element_type type) {
    return guarded([&] {
        using tag = memory::format_tag;
        tag order = block == dimensions[1] ? tag::nhwc : block == 1 ? tag::nchw : block == 8 ? tag::nChw8c : tag::nChw16c;
        return new dnn_layout{memory::desc(memory::dims(dimensions, dimensions + 4), data_type(type), order)};
    });
}

dnn_element_type dnn_layout_element_type(const dnn_layout *layout) {
    return data_type_of(layout->desc) == memory::data_type::bf16 ? dnn_bfloat16 : dnn_float32;
}

void dnn_layout_free(dnn_layout *layout) { delete layout; }
size_t dnn_layout_bytes(const dnn_layout *layout) { return layout->desc.get_size(); }

int64_t dnn_layout_channel_block(const dnn_layout *layout) {
    memory::dims dims = dims_of(layout->desc), strides, blocks, indices;
#if DNNL_VERSION_MAJOR >= 3
    strides = layout->desc.get_strides();
    blocks = layout->desc.get_inner_blks();
    indices = layout->desc.get_inner_idxs();
#else
    const auto &blocking = layout->desc.data.format_desc.blocking;
    strides.assign(blocking.strides, blocking.strides + dims.size());
    blocks.assign(blocking.inner_blks, blocking.inner_blks + blocking.inner_nblks);
    indices.assign(blocking.inner_idxs, blocking.inner_idxs + blocking.inner_nblks);
#endif
    if (dims.size() == 2) return dims[1];
    if (blocks.size() == 1 && indices[0] == 1) return blocks[0];
    if (!blocks.empty()) return 0;
    return strides[1] == 1 ? dims[1] : strides.back() == 1 ? 1 : 0;
}

bool dnn_layout_equal(const dnn_layout *a, const dnn_layout *b) { return a->desc == b->desc; }

void dnn_primitive_free(dnn_primitive *primitive) { delete primitive; }

/// oneDNN's number of an argument. An epilogue's factors belong to its second and third operation; the first is the ReLU.
static int index_of(dnn_argument argument) {
    switch (argument) {
    case dnn_scale: return DNNL_ARG_ATTR_MULTIPLE_POST_OP(1) | DNNL_ARG_SRC_1;
    case dnn_shift: return DNNL_ARG_ATTR_MULTIPLE_POST_OP(2) | DNNL_ARG_SRC_1;
    default: return argument;
    }
}

dnn_layout *dnn_primitive_layout(const dnn_primitive *primitive, dnn_argument argument) {
    return guarded([&] {
        return new dnn_layout{primitive->description.query_md(dnnl::query::exec_arg_md, index_of(argument))};
    });
}

const char *dnn_primitive_implementation(const dnn_primitive *primitive) { return primitive->implementation.c_str(); }

bool dnn_primitive_bind(dnn_primitive *primitive, dnn_argument argument, void *data) {
    return guarded([&] {
        memory::desc desc = primitive->description.query_md(dnnl::query::exec_arg_md, index_of(argument));
        primitive->memories[index_of(argument)] = memory(desc, engine(), data);
        primitive->arguments.clear();
        for (const auto &[index, memory] : primitive->memories)
            primitive->arguments.push_back({index, memory.get()});
        return true;
    });
}

bool dnn_primitive_run(const dnn_primitive *primitive) {
    dnnl_status_t status = dnnl_primitive_execute(primitive->primitive.get(), stream().get(),
                                                  static_cast<int>(primitive->arguments.size()),
                                                  primitive->arguments.data());
    if (status != dnnl_success) set_error("a primitive did not run (oneDNN status " + std::to_string(status) + ")");
    return status == dnnl_success;
}

dnn_primitive *dnn_reorder(const dnn_layout *source, const dnn_layout *destination) {
    return guarded([&] {
        return make<dnnl::reorder>(dnnl::reorder::primitive_desc(engine(), source->desc, engine(), destination->desc,
                                                                 attributes()));
    });
}
