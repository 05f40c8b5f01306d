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
    private let absence: Absence

    init(_ context: LayerContext) throws {
        let widths = context.inputShapes.map(\.elementCount)
        let (inputs, rows) = (context.inputs, context.batchSize)
        let output = Tensor(context.name, try .examples(context.node.outputShape, batch: rows))
        let absence = Absence(context)
        self.context = context
        self.widths = widths
        self.output = output
        self.absence = absence
        outputShape = context.node.outputShape
        let total = outputShape[0]
        context.builder.emit("\(context.name) forward", reads: inputs, writes: [output]) {
            Self.forEachPiece(rows: rows, widths: widths) { piece, row, offset, width in
                let target = output.floats.baseAddress! + row * total + offset
                if absence.input(of: row) == piece {
                    target.update(repeating: 1 / Float(width), count: width)
                } else {
                    target.update(from: inputs[piece].floats.baseAddress! + row * width, count: width)
                }
            }
        }
    }

    func emitBackward(_ gradient: Tensor, isWanted: [Bool]) throws -> [Tensor?] {
        let results = zip(context.inputs, isWanted).map { input, isWanted in
            isWanted ? Tensor("\(input.name) gradient", input.layout) : nil
        }
        let (rows, widths, total, absence) = (context.batchSize, widths, outputShape[0], absence)
        context.builder.emit("\(context.name) backward", reads: [gradient], writes: results.compactMap { $0 }) {
            Self.forEachPiece(rows: rows, widths: widths) { piece, row, offset, width in
                guard let result = results[piece] else { return }
                let target = result.floats.baseAddress! + row * width
                if absence.input(of: row) == piece {
                    target.update(repeating: 0, count: width)
                } else {
                    target.update(from: gradient.floats.baseAddress! + row * total + offset, count: width)
                }
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

/// Modality dropout (ModDrop, Neverova et al. 2016): in training, one input of some examples is absent, so that the
/// layers behind learn to do with the rest. An absent input says that everything is equally likely.
private struct Absence {
    private let rate: Float
    private let inputs: UInt64
    private let layerKey: UInt64
    private let dropoutKey: DropoutKey

    init(_ context: LayerContext) {
        rate = context.builder.isTraining ? context.builder.modalityDropout : 0
        inputs = UInt64(context.inputs.count)
        layerKey = DropoutKey.layer(named: context.name)
        dropoutKey = context.builder.dropoutKey
    }

    /// Which input of an example is absent in this step, if one is. Each is as likely as the others.
    func input(of row: Int) -> Int? {
        guard rate > 0 else { return nil }
        let bits = DropoutKey.mixed(dropoutKey.key(layer: layerKey) &+ UInt64(row))
        return Float(bits >> 40) / 0x1p24 < rate ? Int(bits & 0xFFFF) % Int(inputs) : nil
    }
}
