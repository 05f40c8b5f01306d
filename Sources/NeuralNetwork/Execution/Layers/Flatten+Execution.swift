extension Flatten: ExecutableLayer {
    func compile(_ context: LayerContext) throws -> any CompiledLayer {
        try CompiledFlatten(context)
    }
}

/// Where only dense layers read the result nothing is moved: they take the tensor as it lies. Elsewhere it is brought
/// into Keras's order.
private struct CompiledFlatten: CompiledLayer {
    let output: Tensor
    let outputShape: Shape
    private let context: LayerContext
    private let plain: Tensor?

    init(_ context: LayerContext) throws {
        let (input, shape, batch) = (context.inputs[0], context.inputShapes[0], context.batchSize)
        self.context = context
        if shape.count == 1 || context.readersAreDense {
            (plain, output, outputShape) = (nil, input, shape)
            return
        }
        let plain = try context.builder.reordered(
            input, to: .examples(shape, batch: batch), for: context.name)
        let output = Tensor(context.name, try .examples([shape.elementCount], batch: batch))
        (self.plain, self.output, outputShape) = (plain, output, [shape.elementCount])
        context.builder.emit("\(context.name) forward", reads: [plain], writes: [output]) {
            output.floats.baseAddress!.update(from: plain.floats.baseAddress!, count: output.floats.count)
        }
    }

    func emitBackward(_ gradient: Tensor, isWanted: [Bool]) throws -> [Tensor?] {
        guard isWanted[0] else { return [nil] }
        guard let plain else { return [gradient] }
        let result = Tensor("\(plain.name) gradient", plain.layout)
        context.builder.emit("\(context.name) backward", reads: [gradient], writes: [result]) {
            result.floats.baseAddress!.update(from: gradient.floats.baseAddress!, count: result.floats.count)
        }
        return [result]
    }
}
