import CKernels
import COneDNN

extension Dense: ExecutableLayer {
    func compile(_ context: LayerContext) throws -> any CompiledLayer {
        try CompiledDense(context, units: units, isRectified: activation == .relu)
    }
}

/// An inner product, bias and ReLU in one primitive. An unflattened input is read as it lies: its dimensions of space
/// and its blocked channels are part of the kernel's layout, so that nothing is moved between a convolution and a dense
/// layer. Softmax is a layer of its own by the time that a network is compiled.
private struct CompiledDense: CompiledLayer {
    let output: Tensor
    let outputShape: Shape
    private let context: LayerContext
    private let forward: Primitive
    private let source: Tensor
    private let kernel: ParameterStore.Slot
    private let bias: ParameterStore.Slot
    private let isRectified: Bool

    init(_ context: LayerContext, units: Int, isRectified: Bool) throws {
        let source = context.inputs[0]
        let forward = try Primitive(
            "the dense layer '\(context.name)'",
            owning: dnn_inner_product_forward(
                source.layout.pointer, nil, Int64(units), isRectified, context.builder.isTraining))
        self.context = context
        self.source = source
        self.forward = forward
        self.isRectified = isRectified
        kernel = try context.slot(
            "kernel", shape: context.inputShapes[0] + [units], preferred: forward.layout(dnn_weights))
        bias = try context.slot("bias")
        output = Tensor(context.name, try forward.layout(dnn_destination))
        outputShape = [units]
        try context.builder.emit(
            "\(context.name) forward", forward,
            reads: [
                (dnn_source, source),
                (dnn_weights, context.builder.weights(kernel, in: forward.layout(dnn_weights))),
                (dnn_bias, bias.value),
            ], writes: [(dnn_destination, output)])
    }

    func emitBackward(_ gradient: Tensor, isWanted: [Bool]) throws -> [Tensor?] {
        let (builder, name) = (context.builder, context.name)
        if isRectified { builder.emitReluBackward(name, output: output, gradient: gradient) }

        if let kernelTraining = kernel.training, let biasTraining = bias.training {
            let ofWeights = try Primitive(
                "the weight gradient of '\(name)'",
                owning: dnn_inner_product_backward_weights(forward.pointer, nil))
            try builder.emit(
                "\(name) backward weights", ofWeights,
                reads: [(dnn_source, source), (dnn_destination_gradient, gradient)],
                gradient: (dnn_weights_gradient, kernelTraining.gradient),
                others: [(dnn_bias_gradient, biasTraining.gradient)])
        }
        guard isWanted[0] else { return [nil] }
        let ofData = try Primitive(
            "the input gradient of '\(name)'",
            owning: dnn_inner_product_backward_data(forward.pointer, nil))
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
