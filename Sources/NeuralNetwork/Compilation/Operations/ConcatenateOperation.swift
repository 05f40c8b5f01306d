/// Rows of several vectors one behind the other. In training an input of an example may be absent (modality dropout).
struct ConcatenateOperation: Operation {
    let rows: Int
    let widths: [Int]
    let absence: Absence

    var total: Int { widths.reduce(0, +) }

    func differentiate(
        _ node: Node, outputGradients: [Graph.ValueID?], isWanted: [Bool], in graph: inout Graph
    ) throws -> [Graph.ValueID?] {
        guard let gradient = outputGradients[0] else { return node.inputs.map { _ in nil } }
        let results = node.inputs.map { graph.add(like: $0, name: "\(graph[$0].name) gradient") }
        graph.add(
            ConcatenateGradient(concatenation: self), layer: node.layer, pass: "backward", inputs: [gradient],
            outputs: results)
        return results
    }

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let (absence, total, state) = (absence, total, target.state)
        return [
            Kernel(
                name: "plain", cost: Double(rows * total), inputs: widths.map { _ in .elements(.float32) },
                outputs: [.float32]
            ) { arguments in
                self.forEachPiece { piece, row, offset, width in
                    let to = arguments.results(0) + row * total + offset
                    if absence.input(ofRow: row, step: state.randomKey) == piece {
                        to.update(repeating: 1 / Float(width), count: width)
                    } else {
                        to.update(from: arguments.floats(piece) + row * width, count: width)
                    }
                }
            }
        ]
    }

    fileprivate func forEachPiece(_ body: (_ piece: Int, _ row: Int, _ offset: Int, _ width: Int) -> Void) {
        var offset = 0
        for (piece, width) in widths.enumerated() {
            for row in 0..<rows { body(piece, row, offset, width) }
            offset += width
        }
    }
}

/// The gradients of a concatenation's inputs.
private struct ConcatenateGradient: Operation {
    let concatenation: ConcatenateOperation

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let (pieces, total, state) = (concatenation, concatenation.total, target.state)
        return [
            Kernel(
                name: "plain", cost: Double(pieces.rows * total), inputs: [.elements(.float32)],
                outputs: pieces.widths.map { _ in .float32 }
            ) { arguments in
                pieces.forEachPiece { piece, row, offset, width in
                    let to = arguments.results(piece) + row * width
                    if pieces.absence.input(ofRow: row, step: state.randomKey) == piece {
                        to.update(repeating: 0, count: width)
                    } else {
                        to.update(from: arguments.floats(0) + row * total + offset, count: width)
                    }
                }
            }
        ]
    }
}

/// Modality dropout (ModDrop, Neverova et al. 2016): in training, one input of some examples is absent, so that the
/// layers behind learn to do with the rest. An absent input says that everything is equally likely.
struct Absence {
    /// The share of examples of which an input is absent.
    let rate: Float
    let inputs: UInt64
    let layerKey: UInt64

    /// Which input of an example is absent in this step, if one is. Each is as likely as the others.
    func input(ofRow row: Int, step: UInt64) -> Int? {
        guard rate > 0 else { return nil }
        let bits = RandomKey.mixed(RandomKey.key(step: step, layer: layerKey) &+ UInt64(row))
        return Float(bits >> 40) / 0x1p24 < rate ? Int(bits & 0xFFFF) % Int(inputs) : nil
    }
}
