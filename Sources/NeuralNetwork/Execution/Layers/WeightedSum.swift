import COneDNN

/// What convolutions and dense layers have in common: one primitive forward, which adds the bias and clips at zero if
/// asked to, and backward the ReLU's mask, a primitive for the weights and one for the input.
///
/// The first program settles how the store keeps the kernel: in float32 as the forward primitive wants it, which then needs
/// no copy; in bf16, where all but the gradient needs a copy anyway, as the gradient's primitive writes it.
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
    private let gradientOfWeights: Primitive?
    private let gradientOfInput: () throws -> Primitive

    /// Emits the forward pass.
    ///
    /// `kernelShape` is the kernel's Keras shape as the primitive sees it. `rescaling` is the batch normalization behind, if
    /// the primitive does it. The two closures make the primitives for the gradients, in training.
    init(
        _ context: LayerContext, forward: Primitive, kernelShape: Shape, isRectified: Bool, rescaling: Rescaling?,
        gradientOfWeights: () throws -> Primitive, gradientOfInput: @escaping () throws -> Primitive
    ) throws {
        self.context = context
        self.isRectified = isRectified
        self.gradientOfWeights = context.builder.isTraining ? try gradientOfWeights() : nil
        self.gradientOfInput = gradientOfInput
        var preferred = try forward.layout(dnn_weights)
        if preferred.elementType != .float32, let gradient = try self.gradientOfWeights?.layout(dnn_weights_gradient) {
            preferred = gradient
        }
        kernel = try context.slot("kernel", shape: kernelShape, preferred: preferred)
        bias = try context.slot("bias")
        source = try context.builder.reordered(
            context.inputs[0], to: forward.layout(dnn_source), for: context.name)
        output = Tensor(context.name, try forward.layout(dnn_destination))
        output.isRectified = isRectified
        output.normalizedBy = rescaling == nil ? nil : context.normalization?.name
        outputShape = context.node.outputShape
        let places = context.batchSize * outputShape.elementCount / kernelShape[kernelShape.count - 1]
        flops = 2 * Double(kernelShape.elementCount) * Double(places)
        try context.builder.emit(
            "\(context.name) forward", forward, flops: flops,
            reads: [
                (dnn_source, source),
                (dnn_weights, context.builder.weights(kernel, in: forward.layout(dnn_weights))),
                (dnn_bias, bias.value),
            ] + (rescaling.map { [(dnn_scale, $0.scale), (dnn_shift, $0.shift)] } ?? []),
            writes: [(dnn_destination, output)])
    }

    func emitBackward(_ gradient: Tensor, isWanted: [Bool]) throws -> [Tensor?] {
        let (builder, name) = (context.builder, context.name)
        var gradient = try builder.reordered(gradient, to: output.layout, for: name)
        if isRectified { builder.emitReluBackward(name, output: output, gradient: gradient) }

        if let gradientOfWeights, let kernelTraining = kernel.training, let biasTraining = bias.training {
            // A dense layer may give float32 and take the gradient in bfloat16.
            gradient = try builder.reordered(
                gradient, to: gradientOfWeights.layout(dnn_destination_gradient), for: name)
            try builder.emit(
                "\(name) backward weights", gradientOfWeights, flops: flops,
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

extension dnn_epilogue {
    /// A ReLU, if asked for, and a rescaling behind it, if there is one.
    init(relu: Bool, _ rescaling: Rescaling?) {
        self = rescaling != nil ? dnn_relu_and_rescaling : relu ? dnn_relu : dnn_nothing
    }
}
