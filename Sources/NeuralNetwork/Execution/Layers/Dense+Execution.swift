import COneDNN

extension Dense: ExecutableLayer {
    /// An unflattened input is read as it lies: its dimensions of space and its blocked channels are part of the kernel's
    /// layout, so that nothing is moved between a convolution and a dense layer. Softmax is a step of its own by the
    /// time that a network is compiled.
    func compile(_ context: LayerContext) throws -> any CompiledLayer {
        if let one = try DenseForOne.compile(context, units: units, isRectified: activation == .relu) { return one }
        if let wide = try WideDense(context, units: units, isRectified: activation == .relu) { return wide }
        let name = context.name
        let rescaling = activation == .relu ? try context.rescaling() : nil
        let forward = try Primitive(
            "the dense layer '\(name)'",
            owning: dnn_inner_product_forward(
                context.inputs[0].layout.pointer, nil, Int64(units),
                dnn_epilogue(relu: activation == .relu, rescaling), context.builder.isTraining))
        return try WeightedSum(
            context, forward: forward, kernelShape: context.inputShapes[0] + [units], isRectified: activation == .relu,
            rescaling: rescaling,
            gradientOfWeights: {
                try Primitive(
                    "the weight gradient of '\(name)'",
                    owning: dnn_inner_product_backward_weights(forward.pointer, nil))
            },
            gradientOfInput: { try gradientOfInput(name, forward) })
    }
}

/// In the forward primitive's layout of the kernel where that is fast backward too: the kernel is most of a network, and
/// a copy of it in each step costs more than it brings. Otherwise in a layout of oneDNN's choice.
private func gradientOfInput(_ name: String, _ forward: Primitive) throws -> Primitive {
    func gradient(_ kernel: Layout?) throws -> Primitive {
        try Primitive(
            "the input gradient of '\(name)'",
            owning: dnn_inner_product_backward_data(forward.pointer, kernel?.pointer))
    }
    let shared = try? gradient(try forward.layout(dnn_weights))
    if let shared, !shared.isReference { return shared }
    return try gradient(nil)
}
