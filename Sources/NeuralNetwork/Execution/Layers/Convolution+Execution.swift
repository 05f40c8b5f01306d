import COneDNN

extension Conv1D: ExecutableLayer {
    func compile(_ context: LayerContext) throws -> any CompiledLayer {
        let (before, after) = padding.amounts(kernel: kernel)
        return try convolution(
            context, kernel: (1, kernel), before: (0, before), after: (0, after), isRectified: activation == .relu)
    }
}

extension Conv2D: ExecutableLayer {
    func compile(_ context: LayerContext) throws -> any CompiledLayer {
        if let winograd = try WinogradConvolution(context, self) { return winograd }
        let (before, after) = padding.amounts(kernel: kernel)
        return try convolution(
            context, kernel: (kernel, kernel), before: (before, before), after: (after, after),
            isRectified: activation == .relu)
    }
}

/// A convolution over two dimensions of space; a sequence is an image of height 1.
private func convolution(
    _ context: LayerContext, kernel: (Int, Int), before: (Int, Int), after: (Int, Int), isRectified: Bool
) throws -> any CompiledLayer {
    let input = imageDimensions(context.inputShapes[0])
    let result = imageDimensions(context.node.outputShape)
    func pair(_ values: (Int, Int)) -> (Int64, Int64) { (Int64(values.0), Int64(values.1)) }
    let elementType = context.builder.precision.elementType(for: context.node.outputShape)
    let geometry = dnn_convolution(
        type: elementType.ofOneDNN, batch: Int64(context.batchSize), input_channels: Int64(input.channels),
        output_channels: Int64(result.channels), input: pair((input.height, input.width)),
        output: pair((result.height, result.width)), kernel: pair(kernel), padding_before: pair(before),
        padding_after: pair(after))
    let name = context.name
    let rescaling = isRectified ? try context.rescaling() : nil
    let destination = try inferenceLayout(context, result.height, channels: result.channels)
    let forward = try withUnsafePointer(to: geometry) {
        try Primitive(
            "the convolution '\(name)'",
            owning: dnn_convolution_forward(
                $0, nil, nil, destination?.pointer, dnn_epilogue(relu: isRectified, rescaling),
                context.builder.isTraining))
    }
    return try WeightedSum(
        context, forward: forward, kernelShape: context.node.weights[0].shape, isRectified: isRectified,
        rescaling: rescaling,
        gradientOfWeights: {
            try withUnsafePointer(to: geometry) {
                try Primitive(
                    "the weight gradient of '\(name)'",
                    owning: dnn_convolution_backward_weights($0, forward.pointer, nil))
            }
        },
        gradientOfInput: {
            try withUnsafePointer(to: geometry) {
                try Primitive(
                    "the input gradient of '\(name)'",
                    owning: dnn_convolution_backward_data($0, forward.pointer, nil))
            }
        })
}

/// In inference, images leave a convolution in the layout that our own 3×3 convolutions read: left to itself, oneDNN picks
/// one for the first layer that would have to be reordered. Nil leaves it to itself.
private func inferenceLayout(_ context: LayerContext, _ height: Int, channels: Int) throws -> Layout? {
    let builder = context.builder
    guard !builder.isTraining, builder.usesOwnKernels, height > 1, channels % 16 == 0 else { return nil }
    return try .channelBlocks(
        of: 16, context.node.outputShape, batch: builder.batchSize, elementType: .float32)
}
