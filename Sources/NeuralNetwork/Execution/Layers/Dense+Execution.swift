import COneDNN

extension Dense: ExecutableLayer {
    /// An unflattened input is read as it lies: its dimensions of space and its blocked channels are part of the kernel's
    /// layout, so that nothing is moved between a convolution and a dense layer. Softmax is a step of its own by the
    /// time that a network is compiled.
    func compile(_ context: LayerContext) throws -> any CompiledLayer {
        if let wide = try WideDense(context, units: units, isRectified: activation == .relu) { return wide }
        let name = context.name
        let forward = try Primitive(
            "the dense layer '\(name)'",
            owning: dnn_inner_product_forward(
                context.inputs[0].layout.pointer, nil, Int64(units), activation == .relu, context.builder.isTraining))
        return try WeightedSum(
            context, forward: forward, kernelShape: context.inputShapes[0] + [units], isRectified: activation == .relu,
            gradientOfWeights: {
                try Primitive(
                    "the weight gradient of '\(name)'",
                    owning: dnn_inner_product_backward_weights(forward.pointer, nil))
            },
            gradientOfInput: {
                try Primitive(
                    "the input gradient of '\(name)'", owning: dnn_inner_product_backward_data(forward.pointer, nil))
            })
    }
}
