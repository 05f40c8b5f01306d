import CKernels
import COneDNN

/// A 3×3 convolution on kernels of our own: Winograd's algorithm takes a quarter of the products, in all three passes.
/// Its float32 results are within 2e-6 of the largest value of those of float64.
struct WinogradConvolution: CompiledLayer {
    let output: Tensor
    let outputShape: Shape
    private let context: LayerContext
    private let shape: kernel_winograd_shape
    private let source: Tensor
    private let kernel: ParameterStore.Slot
    private let bias: ParameterStore.Slot
    private let isRectified: Bool
    private let scratch: Tensor

    /// Emits the forward pass; nil where the algorithm does not fit the layer or the CPU.
    init?(_ context: LayerContext, _ convolution: Conv2D) throws {
        let input = imageDimensions(context.inputShapes[0])
        guard convolution.kernel == 3, convolution.padding == .same, context.builder.usesOwnKernels,
            input.channels % 16 == 0, convolution.filters % 16 == 0,
            Self.isWorthwhile(height: input.height, width: input.width)
        else { return nil }
        self.context = context
        isRectified = convolution.activation == .relu
        outputShape = context.node.outputShape
        shape = kernel_winograd_shape(
            batch: context.batchSize, height: input.height, width: input.width, input_channels: input.channels,
            output_channels: convolution.filters)
        let elementType = context.builder.precision.elementType(for: outputShape)
        func blocked(_ shape: Shape) throws -> Layout {
            try .channelBlocks(of: 16, shape, batch: context.batchSize, elementType: elementType)
        }
        source = try context.builder.reordered(
            context.inputs[0], to: blocked(context.inputShapes[0]), for: context.name)
        output = Tensor(context.name, try blocked(outputShape))
        output.isRectified = isRectified
        kernel = try context.slot("kernel")
        bias = try context.slot("bias")
        let bytes = withUnsafePointer(to: shape) { kernel_winograd_scratch($0, Engine.threads) }
        scratch = Tensor("\(context.name) scratch", try Layout(dimensions: [(bytes + 3) / 4], strides: [1]))
        if context.builder.isTraining { emitForward() } else { try emitInference() }
    }

    /// Tiles of 4×4 outputs take 36 products for each pair of channels, whether or not all 16 outputs are wanted; the
    /// direct way takes 9 for each output. A quarter is left for the transforms.
    private static func isWorthwhile(height: Int, width: Int) -> Bool {
        let tiles = ((height + 3) / 4) * ((width + 3) / 4)
        return tiles * 36 * 4 <= height * width * 9 * 3
    }

    /// The multiplications and additions that each pass would take without the algorithm.
    private var flops: Double {
        18 * Double(shape.batch * shape.height * shape.width * shape.input_channels * shape.output_channels)
    }

    private func emitForward() {
        let (shape, source, kernel, bias) = (shape, source, kernel.value, bias.value)
        let (output, scratch, isRectified) = (output, scratch, isRectified)
        context.builder.emit(
            "\(context.name) forward", flops: flops, reads: [source, kernel, bias], writes: [output, scratch]
        ) {
            withUnsafePointer(to: shape) {
                kernel_winograd_forward(
                    $0, source.elementType.ofKernels, source.address, kernel.floats.baseAddress,
                    bias.floats.baseAddress, isRectified, output.address, scratch.address)
            }
        }
    }

    /// The weights are transformed once, and a batch normalization behind the ReLU is done on the way out.
    private func emitInference() throws {
        let (shape, source, kernel, bias) = (shape, source, kernel.value, bias.value)
        let (output, scratch, builder) = (output, scratch, context.builder)
        let count = withUnsafePointer(to: shape, kernel_winograd_transformed_weights)
        let layout = try Layout(dimensions: [count], strides: [1])
        let transformed = Tensor("\(kernel.name) transformed", layout, memory: Memory(byteCount: layout.byteCount))
        builder.prepare("\(kernel.name) transform", reads: [kernel], writes: [transformed]) {
            withUnsafePointer(to: shape) {
                kernel_winograd_transform_weights($0, kernel.floats.baseAddress, transformed.floats.baseAddress)
            }
        }
        let rescaling = isRectified ? try context.rescaling() : nil
        output.normalizedBy = rescaling == nil ? nil : context.normalization?.name
        let epilogue = kernel_epilogue(relu: isRectified, rescaling)
        builder.emit(
            "\(context.name) forward", flops: flops,
            reads: [source, transformed, bias] + (rescaling.map { [$0.scale, $0.shift] } ?? []),
            writes: [output, scratch]
        ) {
            withUnsafePointer(to: shape) { shape in
                withUnsafePointer(to: epilogue) { epilogue in
                    kernel_winograd_infer(
                        shape, source.floats.baseAddress, transformed.floats.baseAddress, bias.floats.baseAddress,
                        epilogue, output.floats.baseAddress, scratch.address)
                }
            }
        }
    }

    func emitBackward(_ gradient: Tensor, isWanted: [Bool]) throws -> [Tensor?] {
        let (builder, name) = (context.builder, context.name)
        let gradient = try builder.reordered(gradient, to: output.layout, for: name)
        let mask = isRectified && !gradient.hasReLUMask ? output : nil
        let (shape, source, scratch, type) = (shape, source, scratch, source.elementType.ofKernels)
        let reads = [gradient] + (mask.map { [$0] } ?? [])
        if let kernelGradient = kernel.training?.gradient, let biasGradient = bias.training?.gradient {
            builder.emit(
                "\(name) backward weights", flops: flops, reads: reads + [source],
                writes: [kernelGradient, biasGradient, scratch]
            ) {
                withUnsafePointer(to: shape) {
                    kernel_winograd_backward_weights(
                        $0, type, source.address, gradient.address, mask?.address, kernelGradient.floats.baseAddress,
                        biasGradient.floats.baseAddress, scratch.address)
                }
            }
        }
        guard isWanted[0] else { return [nil] }
        let result = Tensor("\(source.name) gradient", source.layout)
        let kernel = kernel.value
        builder.emit(
            "\(name) backward data", flops: flops, reads: reads + [kernel], writes: [result, scratch]
        ) {
            withUnsafePointer(to: shape) {
                kernel_winograd_backward_data(
                    $0, type, gradient.address, mask?.address, kernel.floats.baseAddress, result.address,
                    scratch.address)
            }
        }
        return [result]
    }
}
