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

extension Concatenate: ExecutableLayer {
    func compile(_ context: LayerContext) throws -> any CompiledLayer {
        try CompiledConcatenate(context)
    }
}

/// Rows of a few dozen values: a plain loop.
private struct CompiledConcatenate: CompiledLayer {
    let output: Tensor
    let outputShape: Shape
    private let context: LayerContext
    private let widths: [Int]

    init(_ context: LayerContext) throws {
        let widths = context.inputShapes.map(\.elementCount)
        let (inputs, rows) = (context.inputs, context.batchSize)
        let output = Tensor(context.name, try .examples(context.node.outputShape, batch: rows))
        self.context = context
        self.widths = widths
        self.output = output
        outputShape = context.node.outputShape
        let total = outputShape[0]
        context.builder.emit("\(context.name) forward", reads: inputs, writes: [output]) {
            Self.forEachPiece(rows: rows, widths: widths) { piece, row, offset, width in
                (output.floats.baseAddress! + row * total + offset).update(
                    from: inputs[piece].floats.baseAddress! + row * width, count: width)
            }
        }
    }

    func emitBackward(_ gradient: Tensor, isWanted: [Bool]) throws -> [Tensor?] {
        let results = zip(context.inputs, isWanted).map { input, isWanted in
            isWanted ? Tensor("\(input.name) gradient", input.layout) : nil
        }
        let (rows, widths, total) = (context.batchSize, widths, outputShape[0])
        context.builder.emit("\(context.name) backward", reads: [gradient], writes: results.compactMap { $0 }) {
            Self.forEachPiece(rows: rows, widths: widths) { piece, row, offset, width in
                guard let result = results[piece] else { return }
                (result.floats.baseAddress! + row * width).update(
                    from: gradient.floats.baseAddress! + row * total + offset, count: width)
            }
        }
        return results
    }

    private static func forEachPiece(
        rows: Int, widths: [Int], _ body: (_ piece: Int, _ row: Int, _ offset: Int, _ width: Int) -> Void
    ) {
        var offset = 0
        for (piece, width) in widths.enumerated() {
            for row in 0..<rows { body(piece, row, offset, width) }
            offset += width
        }
    }
}
