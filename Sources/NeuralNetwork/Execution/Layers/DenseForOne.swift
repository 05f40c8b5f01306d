import CKernels
import COneDNN

/// A dense layer in inference on one example. It takes as long as its kernel's way from memory; rows that meet a 0 stay
/// where they are.
///
/// A batch normalization in front is taken on, so that the zeros of the ReLU before it reach this layer: its factors
/// multiply the inputs, its summands meet the kernel once and become part of the bias. One behind the ReLU is done on the
/// way out.
enum DenseForOne {
    /// Emits the forward pass; nil where the layer is not for one example or does not fit.
    static func compile(_ context: LayerContext, units: Int, isRectified: Bool) throws -> (any CompiledLayer)? {
        let (builder, source, inputShape) = (context.builder, context.inputs[0], context.inputShapes[0])
        let block = Int(dnn_layout_channel_block(source.layout.pointer))
        guard !builder.isTraining, context.batchSize == 1, builder.usesOwnKernels,
            Self.canRead(inputShape, inBlocksOf: block)
        else {
            precondition(source.rescaling == nil, "'\(context.name)' leaves out a batch normalization")
            return nil
        }
        let channels = inputShape[inputShape.count - 1]
        let shape = kernel_dense_one(
            pixels: inputShape.elementCount / channels, channels: channels, block: block, units: units)
        let kernel = try kernel(context, inputShape, units: units)
        let layer = OneExample(
            shape: shape, kernel: kernel,
            scratch: try tensor(
                "\(context.name) scratch", count: withUnsafePointer(to: shape, kernel_dense_one_scratch)))
        let bias = try bias(context, layer)

        let rescaling = isRectified ? try context.rescaling() : nil
        let output = Tensor(context.name, try .examples([units], batch: 1))
        output.isRectified = isRectified
        output.normalizedBy = rescaling == nil ? nil : context.normalization?.name
        let (scale, epilogue) = (source.rescaling?.scale, kernel_epilogue(relu: isRectified, rescaling))
        builder.emit(
            "\(context.name) forward", flops: 2 * Double(kernel.elementCount),
            reads: [source, kernel, bias] + (rescaling.map { [$0.scale, $0.shift] } ?? []),
            writes: [output, layer.scratch]
        ) {
            layer.run(source, scale: scale, bias: bias, epilogue, into: output)
        }
        return InferenceLayer(output: output, outputShape: [units])
    }

    /// Whether the kernels can read inputs of this shape whose channels lie in such blocks.
    static func canRead(_ shape: Shape, inBlocksOf block: Int) -> Bool {
        shape.count == 1 || block > 0 && block % 16 == 0
    }

    /// The kernel in Keras's order, [pixels][channels][units], in which files hold it.
    private static func kernel(_ context: LayerContext, _ inputShape: Shape, units: Int) throws -> Tensor {
        guard inputShape.count > 1 else {
            let slot = try context.slot("kernel")
            return try context.builder.weights(slot, in: .kerasWeights(slot.shape))
        }
        // Seen as `WideDense` does, which may share it.
        let (height, width, channels) = imageDimensions(inputShape)
        let slot = try context.slot("kernel", shape: [height, width, 1, channels, units])
        return try context.builder.weights(slot, in: .kerasWeights(slot.shape))
    }

    /// The bias, with what the summands of a batch normalization in front come to.
    private static func bias(_ context: LayerContext, _ layer: OneExample) throws -> Tensor {
        let bias = try context.slot("bias").value
        guard let shift = context.inputs[0].rescaling?.shift else { return bias }
        let shape = layer.shape
        let summands = try tensor("\(context.name) summands", count: shape.pixels * shape.channels)
        let folded = try tensor("\(context.name) folded bias", count: shape.units, isKept: true)
        context.builder.prepare(
            folded.name, reads: [bias, layer.kernel, shift], writes: [summands, folded, layer.scratch]
        ) {
            // As the source lies: [channels / block][pixels][block].
            for block in 0..<shape.channels / shape.block {
                for pixel in 0..<shape.pixels {
                    let place = summands.floats.baseAddress! + (block * shape.pixels + pixel) * shape.block
                    place.update(from: shift.floats.baseAddress! + block * shape.block, count: shape.block)
                }
            }
            layer.run(summands, scale: nil, bias: bias, kernel_epilogue(relu: false, nil), into: folded)
        }
        return folded
    }

    private static func tensor(_ name: String, count: Int, isKept: Bool = false) throws -> Tensor {
        let layout = try Layout(dimensions: [count], strides: [1])
        return isKept ? Tensor(name, layout, memory: Memory(byteCount: layout.byteCount)) : Tensor(name, layout)
    }
}

/// What each run of the layer needs.
private struct OneExample {
    let shape: kernel_dense_one
    let kernel: Tensor
    let scratch: Tensor

    func run(_ source: Tensor, scale: Tensor?, bias: Tensor, _ epilogue: kernel_epilogue, into destination: Tensor) {
        withUnsafePointer(to: shape) { shape in
            withUnsafePointer(to: epilogue) { epilogue in
                kernel_dense_one_forward(
                    shape, source.floats.baseAddress, scale?.floats.baseAddress, kernel.floats.baseAddress,
                    bias.floats.baseAddress, epilogue, destination.floats.baseAddress, scratch.floats.baseAddress)
            }
        }
    }
}
