import CKernels
import COneDNN

extension Conv1D: ExecutableLayer {
    func compile(_ context: LayerContext) throws -> any CompiledLayer {
        let (before, after) = padding.amounts(kernel: kernel)
        return try CompiledConvolution(
            context, kernel: (1, kernel), before: (0, before), after: (0, after), isRectified: activation == .relu)
    }
}

extension Conv2D: ExecutableLayer {
    func compile(_ context: LayerContext) throws -> any CompiledLayer {
        let (before, after) = padding.amounts(kernel: kernel)
        return try CompiledConvolution(
            context, kernel: (kernel, kernel), before: (before, before), after: (after, after),
            isRectified: activation == .relu)
    }
}

/// Convolution, bias and ReLU in one primitive. Backward: the ReLU's mask, then a primitive for the weights and one for
/// the input.
private struct CompiledConvolution: CompiledLayer {
    let output: Tensor
    let outputShape: Shape
    private let context: LayerContext
    private let geometry: dnn_convolution
    private let forward: Primitive
    private let source: Tensor
    private let kernel: ParameterStore.Slot
    private let bias: ParameterStore.Slot
    private let isRectified: Bool

    init(
        _ context: LayerContext, kernel: (Int, Int), before: (Int, Int), after: (Int, Int), isRectified: Bool
    ) throws {
        let input = imageDimensions(context.inputShapes[0])
        let result = imageDimensions(context.node.outputShape)
        func pair(_ values: (Int, Int)) -> (Int64, Int64) { (Int64(values.0), Int64(values.1)) }
        var geometry = dnn_convolution(
            batch: Int64(context.batchSize), input_channels: Int64(input.channels),
            output_channels: Int64(result.channels), input: pair((input.height, input.width)),
            output: pair((result.height, result.width)), kernel: pair(kernel), padding_before: pair(before),
            padding_after: pair(after))
        let forward = try Primitive(
            "the convolution '\(context.name)'",
            owning: dnn_convolution_forward(&geometry, nil, nil, isRectified, context.builder.isTraining))

        self.context = context
        self.geometry = geometry
        self.forward = forward
        self.isRectified = isRectified
        self.kernel = try context.slot("kernel", preferred: forward.layout(dnn_weights))
        bias = try context.slot("bias")
        source = try context.builder.reordered(
            context.inputs[0], to: forward.layout(dnn_source), for: context.name)
        output = Tensor(context.name, try forward.layout(dnn_destination))
        outputShape = context.node.outputShape
        try context.builder.emit(
            "\(context.name) forward", forward,
            reads: [
                (dnn_source, source),
                (dnn_weights, context.builder.weights(self.kernel, in: forward.layout(dnn_weights))),
                (dnn_bias, bias.value),
            ], writes: [(dnn_destination, output)])
    }

    func emitBackward(_ gradient: Tensor, isWanted: [Bool]) throws -> [Tensor?] {
        let (builder, name) = (context.builder, context.name)
        let gradient = try builder.reordered(gradient, to: output.layout, for: name)
        if isRectified { builder.emitReluBackward(name, output: output, gradient: gradient) }

        var geometry = geometry
        if let kernelTraining = kernel.training, let biasTraining = bias.training {
            let ofWeights = try Primitive(
                "the weight gradient of '\(name)'",
                owning: dnn_convolution_backward_weights(&geometry, forward.pointer, nil))
            try builder.emit(
                "\(name) backward weights", ofWeights,
                reads: [(dnn_source, source), (dnn_destination_gradient, gradient)],
                gradient: (dnn_weights_gradient, kernelTraining.gradient),
                others: [(dnn_bias_gradient, biasTraining.gradient)])
        }
        guard isWanted[0] else { return [nil] }
        let ofData = try Primitive(
            "the input gradient of '\(name)'", owning: dnn_convolution_backward_data(&geometry, forward.pointer, nil))
        let result = Tensor("\(source.name) gradient", source.layout)
        try builder.emit(
            "\(name) backward data", ofData,
            reads: [
                (dnn_destination_gradient, gradient),
                (dnn_weights, builder.weights(kernel, in: ofData.layout(dnn_weights))),
            ], writes: [(dnn_source_gradient, result)])
        return [result]
    }
}
