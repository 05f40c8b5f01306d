/// Rows of several vectors one after another.
struct ConcatenateOperation: Operation {
    let rows: Int
    let widths: [Int]

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
        let total = total
        return [
            Kernel(
                name: "plain", cost: Double(rows * total), inputs: widths.map { _ in .elements(.float32) },
                outputs: [.float32]
            ) { arguments in
                self.forEachPiece { piece, row, offset, width in
                    let to = arguments.results(0) + row * total + offset
                    to.update(from: arguments.floats(piece) + row * width, count: width)
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
        let (pieces, total) = (concatenation, concatenation.total)
        return [
            Kernel(
                name: "plain", cost: Double(pieces.rows * total), inputs: [.elements(.float32)],
                outputs: pieces.widths.map { _ in .float32 }
            ) { arguments in
                pieces.forEachPiece { piece, row, offset, width in
                    let to = arguments.results(piece) + row * width
                    to.update(from: arguments.floats(0) + row * total + offset, count: width)
                }
            }
        ]
    }
}
