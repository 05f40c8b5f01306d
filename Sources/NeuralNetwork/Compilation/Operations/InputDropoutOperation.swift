/// Replaces the rows of examples whose input is dropped; backward, their gradients are 0. Which they are is not stored: forward
/// and backward draw it from the same key.
struct InputDropoutOperation: Operation {
    let rows: Int
    let width: Int
    let settings: InputDropout
    /// What replaced rows are filled with.
    private let filling: Float

    init(rows: Int, width: Int, settings: InputDropout) {
        self.init(rows: rows, width: width, settings: settings, filling: settings.replacement)
    }

    private init(rows: Int, width: Int, settings: InputDropout, filling: Float) {
        (self.rows, self.width, self.settings, self.filling) = (rows, width, settings, filling)
    }

    func input(overwrittenBy output: Int) -> Int? { 0 }

    func differentiate(
        _ node: Node, outputGradients: [Graph.ValueID?], isWanted: [Bool], in graph: inout Graph
    ) throws -> [Graph.ValueID?] {
        guard let gradient = outputGradients[0] else { return [nil] }
        let result = graph.add(like: node.inputs[0], name: "\(graph[node.inputs[0]].name) gradient")
        let backward = InputDropoutOperation(rows: rows, width: width, settings: settings, filling: 0)
        graph.add(backward, layer: node.layer, pass: "backward", inputs: [gradient], outputs: [result])
        return [result]
    }

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let state = target.state
        let joint = RandomKey.layer(named: settings.joint)
        return [
            Kernel(name: "plain", cost: Double(rows * width), inputs: [.elements(.float32)], outputs: [.float32]) {
                let (from, to) = ($0.floats(0), $0.results(0))
                if from != UnsafePointer(to) { to.update(from: from, count: rows * width) }
                let key = RandomKey.key(step: state.randomKey, layer: joint)
                for row in 0..<rows where droppedInput(ofRow: row, key: key) == settings.input {
                    (to + row * width).update(repeating: filling, count: width)
                }
            }
        ]
    }

    /// Which input of an example is dropped in this step, if one is. Each is as likely as the others.
    private func droppedInput(ofRow row: Int, key: UInt64) -> Int? {
        let bits = RandomKey.mixed(key &+ UInt64(row))
        return Float(bits >> 40) / 0x1p24 < settings.rate ? Int(bits & 0xFFFF) % settings.inputs : nil
    }
}
