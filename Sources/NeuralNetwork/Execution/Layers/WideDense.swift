import CKernels
import COneDNN

/// A dense layer whose kernel is larger than a cache, on kernels of our own. Backward they do all that is to be done with
/// a few rows of weights, Adam's step included, while those are in cache, instead of taking 26 MB five times through
/// memory.
///
/// The kernel lies as rows of units in the order in which the source lies in memory, so that a convolution's blocked
/// channels need no flattening.
struct WideDense: CompiledLayer {
    let output: Tensor
    let outputShape: Shape
    private let context: LayerContext
    private let shape: kernel_dense
    private let source: Tensor
    private let kernel: ParameterStore.Slot
    private let bias: ParameterStore.Slot
    private let isRectified: Bool
    private let scratch: Tensor

    /// Weights below this many fit into the second-level cache with their gradient; oneDNN is as good there.
    private static let leastWeights = 1 << 17

    /// Emits the forward pass; nil if the layer is not wide or the CPU has not what the kernels need.
    init?(_ context: LayerContext, units: Int, isRectified: Bool) throws {
        let inputShape = context.inputShapes[0]
        shape = kernel_dense(
            batch: context.batchSize, inputs: inputShape.elementCount, units: units,
            type: context.inputs[0].elementType.ofKernels)
        guard context.builder.usesOwnKernels, withUnsafePointer(to: shape, kernel_dense_is_supported),
            shape.inputs * units >= Self.leastWeights
        else { return nil }
        self.context = context
        self.isRectified = isRectified
        (kernel, source) = try Self.kernelAndSource(context, inputShape, units: units)
        bias = try context.slot("bias")
        output = Tensor(context.name, try .examples([units], batch: context.batchSize))
        output.isRectified = isRectified
        outputShape = [units]
        let scratchCount = withUnsafePointer(to: shape, kernel_dense_scratch)
        scratch = Tensor("\(context.name) scratch", try Layout(dimensions: [scratchCount], strides: [1]))
        emitForward()
    }

    /// The kernel in the order of the source; or the source in the order of a kernel that another program has settled.
    private static func kernelAndSource(
        _ context: LayerContext, _ inputShape: Shape, units: Int
    ) throws -> (ParameterStore.Slot, Tensor) {
        let input = context.inputs[0]
        guard inputShape.count > 1 else { return (try context.slot("kernel"), input) }
        let (height, width, channels) = imageDimensions(inputShape)
        let inputBlock = Int(dnn_layout_channel_block(input.layout.pointer))
        let block = inputBlock > 0 && channels % inputBlock == 0 ? inputBlock : channels
        let shape = [height, width, channels / block, block, units]
        let pixel = block * units
        let slot = try context.slot(
            "kernel", shape: shape,
            preferred: Layout(
                dimensions: shape, strides: [width * pixel, pixel, height * width * pixel, units, 1]))
        let settled = try Layout.channelBlocks(
            of: slot.shape[3], inputShape, batch: context.batchSize, elementType: input.elementType)
        return (slot, try context.builder.reordered(input, to: settled, for: context.name))
    }

    /// Multiplications and additions of one product.
    private var flops: Double { 2 * Double(shape.batch * shape.inputs * shape.units) }

    private func emitForward() {
        let (shape, source, kernel, bias, output, scratch) = (shape, source, kernel, bias, output, scratch)
        let isRectified = isRectified
        context.builder.emit(
            "\(context.name) forward", flops: flops, reads: [source, kernel.value, bias.value],
            writes: [output, scratch]
        ) {
            withUnsafePointer(to: shape) {
                kernel_dense_forward(
                    $0, source.address, kernel.value.floats.baseAddress, bias.value.floats.baseAddress,
                    isRectified, output.floats.baseAddress, scratch.floats.baseAddress)
            }
        }
    }

    func emitBackward(_ gradient: Tensor, isWanted: [Bool]) throws -> [Tensor?] {
        let (builder, name) = (context.builder, context.name)
        let gradient = try builder.reordered(gradient, to: output.layout, for: name)
        if isRectified { builder.emitReluBackward(name, output: output, gradient: gradient) }
        guard let kernelTraining = kernel.training, let biasTraining = bias.training else { return [nil] }
        let (shape, source, kernel, scratch, store) = (shape, source, kernel, scratch, builder.store)
        builder.emit("\(name) backward bias", reads: [gradient], writes: [biasTraining.gradient]) {
            kernel_column_sums(
                gradient.floats.baseAddress, biasTraining.gradient.floats.baseAddress, shape.batch, shape.units)
        }
        let result = isWanted[0] ? Tensor("\(source.name) gradient", source.layout) : nil
        builder.emit(
            "\(name) backward", flops: (result == nil ? 1 : 2) * flops, reads: [source, gradient],
            writes: [kernel.value, kernelTraining.gradient, scratch] + (result.map { [$0] } ?? [])
        ) {
            withUnsafePointer(to: shape) { shape in
                guard var adam = store.adamInBackward else {
                    return kernel_dense_backward(
                        shape, source.address, gradient.floats.baseAddress, kernel.value.floats.baseAddress,
                        result?.address, kernelTraining.gradient.floats.baseAddress,
                        scratch.floats.baseAddress)
                }
                kernel_dense_backward_adam(
                    shape, source.address, gradient.floats.baseAddress, kernel.value.floats.baseAddress,
                    kernelTraining.firstMoment.floats.baseAddress, kernelTraining.secondMoment.floats.baseAddress,
                    &adam, result?.address, scratch.floats.baseAddress)
                kernel.versionOfBackward = store.version
            }
        }
        return [result]
    }
}
