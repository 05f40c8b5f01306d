extension Reshape: ExecutableLayer {
    func compile(_ context: LayerContext) throws -> any CompiledLayer {
        try CompiledReshape(context)
    }
}

/// Brings the input into Keras's order, in which both shapes are the same row of numbers, and copies it.
private struct CompiledReshape: CompiledLayer {
    let output: Tensor
    let outputShape: Shape
    private let context: LayerContext
    private let plain: Tensor

    init(_ context: LayerContext) throws {
        self.context = context
        plain = try context.builder.reordered(
            context.inputs[0], to: .examples(context.inputShapes[0], batch: context.batchSize), for: context.name)
        outputShape = context.node.outputShape
        output = Tensor(context.name, try .examples(outputShape, batch: context.batchSize))
        Self.emitCopy(of: plain, to: output, "\(context.name) forward", context)
    }

    func emitBackward(_ gradient: Tensor, isWanted: [Bool]) throws -> [Tensor?] {
        guard isWanted[0] else { return [nil] }
        let gradient = try context.builder.reordered(gradient, to: output.layout, for: context.name)
        let result = Tensor("\(plain.name) gradient", plain.layout)
        Self.emitCopy(of: gradient, to: result, "\(context.name) backward", context)
        return [result]
    }

    private static func emitCopy(of source: Tensor, to target: Tensor, _ name: String, _ context: LayerContext) {
        context.builder.emit(name, reads: [source], writes: [target]) {
            target.floats.baseAddress!.update(from: source.floats.baseAddress!, count: target.floats.count)
        }
    }
}
