#pragma once
// A narrow C interface over oneDNN's C++ one, for oneDNN 2.x and 3.x alike.
//
// A *layout* says how a tensor's elements lie in memory; where one is asked for, NULL lets oneDNN choose the fastest.
// A *primitive* is one operation with its shapes fixed. It is made once, its arguments are bound to memory once, and
// then it only runs. Everything is float32, or bfloat16 where a layout says so. A function that can fail returns NULL
// or false, and `dnn_last_error` tells why.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dnn_layout dnn_layout;
typedef struct dnn_primitive dnn_primitive;

/// What went wrong in this thread's last failed call. Valid until its next one.
const char *dnn_last_error(void);

/// The library's version, such as "2.6.3", and the instruction set that it uses here, such as "avx512_core_bf16".
const char *dnn_version(void);
const char *dnn_instruction_set(void);
/// Whether that instruction set is AVX-512 or better; the environment's ONEDNN_MAX_CPU_ISA can take it away.
bool dnn_has_avx512(void);
/// Whether that set has instructions for bfloat16. Without them oneDNN is slower in it than in float32, or refuses.
bool dnn_has_bfloat16(void);

/// The number of threads that the calling thread's primitives are made for and run on. Primitives must run with the
/// number that they were made with: oneDNN plans their split into tasks when it makes them.
void dnn_set_threads(int threads);
int dnn_threads(void);

// MARK: Layouts

/// What a tensor's elements are.
typedef enum { dnn_float32, dnn_bfloat16 } dnn_element_type;

/// A layout with explicit strides (in elements). Dimensions are in oneDNN's order: batch, channels, height, width; for
/// weights: outputs, inputs, height, width.
dnn_layout *dnn_layout_strided(const int64_t *dimensions, const int64_t *strides, int rank, dnn_element_type type);
/// Activations [batch, channels, height, width] with channels in blocks: `block` is 8, 16, all of them (channels last) or
/// 1 (channels first).
dnn_layout *dnn_layout_channel_blocks(const int64_t *dimensions, int64_t block, dnn_element_type type);
dnn_element_type dnn_layout_element_type(const dnn_layout *layout);
void dnn_layout_free(dnn_layout *layout);
/// The bytes that a tensor of this layout takes, padding of blocked layouts included.
size_t dnn_layout_bytes(const dnn_layout *layout);
/// How many channels of one pixel lie side by side: 8 or 16 in blocked layouts, all of them with channels last, 1 with
/// channels first; 0 for any other layout.
int64_t dnn_layout_channel_block(const dnn_layout *layout);
bool dnn_layout_equal(const dnn_layout *a, const dnn_layout *b);

// MARK: Primitives

/// The tensors that a primitive reads and writes. The values are oneDNN's.
typedef enum {
    dnn_source = 1,
    dnn_destination = 17,
    dnn_weights = 33,
    dnn_bias = 41,
    dnn_workspace = 64,
    dnn_scratchpad = 80,
    dnn_source_gradient = 129,
    dnn_destination_gradient = 145,
    dnn_weights_gradient = 161,
    dnn_bias_gradient = 169,
    /// An epilogue's factors, [channels]. These two values are our own: oneDNN's differ from version to version.
    dnn_scale = -1,
    dnn_shift = -2,
} dnn_argument;

void dnn_primitive_free(dnn_primitive *primitive);
/// The layout of one argument; a layout of 0 bytes where the primitive has no such argument. To be freed.
dnn_layout *dnn_primitive_layout(const dnn_primitive *primitive, dnn_argument argument);
/// The name of the implementation that oneDNN chose, such as "jit:avx512_core". Lives as long as the primitive.
const char *dnn_primitive_implementation(const dnn_primitive *primitive);
/// Binds an argument to memory of its layout. The memory must outlive the primitive's last run.
bool dnn_primitive_bind(dnn_primitive *primitive, dnn_argument argument, void *data);
bool dnn_primitive_run(const dnn_primitive *primitive);
/// Makes the primitives with which oneDNN could do the same: for convolutions and dense layers in all its algorithms and
/// implementations, in layouts of its own choice; none for other operations. They bring their own scratch memory. Returns
/// how many were made.
int dnn_primitive_alternatives(const dnn_primitive *primitive, dnn_primitive **alternatives, int capacity);

/// Copies `source` to `destination` from one layout into another (arguments: source, destination).
dnn_primitive *dnn_reorder(const dnn_layout *source, const dnn_layout *destination);

/// What is done to each result of a forward pass: clipped at zero; then, in inference, times its channel's scale, plus its
/// channel's shift.
typedef enum { dnn_nothing, dnn_relu, dnn_relu_and_rescaling } dnn_epilogue;

/// A convolution's shape over two dimensions of space, [height, width] in each pair. One over a sequence has height 1.
/// `type` is that of source, weights, destination and the first and last one's gradients. Bias and the gradients of
/// weights and bias are float32 always.
typedef struct {
    dnn_element_type type;
    int64_t batch, input_channels, output_channels;
    int64_t input[2], output[2], kernel[2], padding_before[2], padding_after[2];
} dnn_convolution;

/// source, weights, bias → destination. `training` keeps a backward pass possible.
dnn_primitive *dnn_convolution_forward(const dnn_convolution *shape, const dnn_layout *source,
                                       const dnn_layout *weights, const dnn_layout *destination,
                                       dnn_epilogue epilogue, bool training);
/// destination_gradient, weights → source_gradient. The gradients' layouts are the tensors' own.
dnn_primitive *dnn_convolution_backward_data(const dnn_convolution *shape, const dnn_primitive *forward,
                                             const dnn_layout *weights);
/// source, destination_gradient → weights_gradient, bias_gradient.
dnn_primitive *dnn_convolution_backward_weights(const dnn_convolution *shape, const dnn_primitive *forward,
                                                const dnn_layout *weights_gradient);

/// source, weights, bias → destination [batch, units], row-major. The source may have dimensions of space: they are
/// summed over, which saves flattening it first. The weights are of the source's type, and so is the destination's
/// gradient; the destination is float32.
dnn_primitive *dnn_inner_product_forward(const dnn_layout *source, const dnn_layout *weights, int64_t units,
                                         dnn_epilogue epilogue, bool training);
dnn_primitive *dnn_inner_product_backward_data(const dnn_primitive *forward, const dnn_layout *weights);
dnn_primitive *dnn_inner_product_backward_weights(const dnn_primitive *forward, const dnn_layout *weights_gradient);

/// source → destination of its type, and in training the workspace that says where each maximum was. Windows do not
/// overlap, and a last incomplete one is dropped.
dnn_primitive *dnn_max_pooling_forward(const dnn_layout *source, const int64_t window[2], bool training);
/// destination_gradient, workspace → source_gradient.
dnn_primitive *dnn_max_pooling_backward(const dnn_primitive *forward, const int64_t window[2]);

#ifdef __cplusplus
}
#endif
