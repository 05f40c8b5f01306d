import COneDNN

/// What convolutions and dense layers have in common: one primitive forward, which adds the bias and clips at zero if
/// asked to, and backward the ReLU's mask, a primitive for the weights and one for the input.
struct WeightedSum: CompiledLayer {
    let output: Tensor
    let outputShape: Shape
    private let context: LayerContext
    private let source: Tensor
    private let kernel: ParameterStore.Slot
    private let bias: ParameterStore.Slot
    private let isRectified: Bool
    /// Multiplications and additions of each pass: every weight meets every place of the output once.
    private let flops: Double
    private let gradientOfWeights: () throws -> Primitive
    private let gradientOfInput: () throws -> Primitive

    /// Emits the forward pass.
    ///
    /// `kernelShape` is the kernel's Keras shape as the primitive sees it. The two closures make the primitives for the
    /// gradients when it comes to the backward pass.
    init(
        _ context: LayerContext, forward: Primitive, kernelShape: Shape, isRectified: Bool,
        gradientOfWeights: @escaping () throws -> Primitive, gradientOfInput: @escaping () throws -> Primitive
    ) throws {
        self.context = context
        self.isRectified = isRectified
        self.gradientOfWeights = gradientOfWeights
        self.gradientOfInput = gradientOfInput
        kernel = try context.slot("kernel", shape: kernelShape, preferred: forward.layout(dnn_weights))
        bias = try context.slot("bias")
        source = try context.builder.reordered(
            context.inputs[0], to: forward.layout(dnn_source), for: context.name)
        output = Tensor(context.name, try forward.layout(dnn_destination))
        outputShape = context.node.outputShape
        let places = context.batchSize * outputShape.elementCount / kernelShape[kernelShape.count - 1]
        flops = 2 * Double(kernelShape.elementCount) * Double(places)
        try context.builder.emit(
            "\(context.name) forward", forward, flops: flops,
            reads: [
                (dnn_source, source),
                (dnn_weights, context.builder.weights(kernel, in: forward.layout(dnn_weights))),
                (dnn_bias, bias.value),
            ], writes: [(dnn_destination, output)])
    }

    func emitBackward(_ gradient: Tensor, isWanted: [Bool]) throws -> [Tensor?] {
        let (builder, name) = (context.builder, context.name)
        let gradient = try builder.reordered(gradient, to: output.layout, for: name)
        if isRectified { builder.emitReluBackward(name, output: output, gradient: gradient) }

        if let kernelTraining = kernel.training, let biasTraining = bias.training {
            try builder.emit(
                "\(name) backward weights", gradientOfWeights(), flops: flops,
                reads: [(dnn_source, source), (dnn_destination_gradient, gradient)],
                gradient: (dnn_weights_gradient, kernelTraining.gradient),
                others: [(dnn_bias_gradient, biasTraining.gradient)])
        }
        guard isWanted[0] else { return [nil] }
        let ofInput = try gradientOfInput()
        let result = Tensor("\(source.name) gradient", source.layout)
        try builder.emit(
            "\(name) backward data", ofInput, flops: flops,
            reads: [
                (dnn_destination_gradient, gradient),
                (dnn_weights, builder.weights(kernel, in: ofInput.layout(dnn_weights))),
            ], writes: [(dnn_source_gradient, result)])
        return [result]
    }
}
