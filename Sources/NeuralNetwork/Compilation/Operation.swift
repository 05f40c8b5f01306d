/// What a node computes. A value that says what it can do; the passes ask, and nothing is known about an operation that
/// stands in another one's file.
protocol Operation {
    /// Emits the operations that take the gradients of a node's outputs to those of its inputs.
    /// - Parameters:
    ///   - node: where the operation stands.
    ///   - outputGradients: nil for outputs that the loss does not depend on.
    ///   - isWanted: whether the gradient of each input is asked for; one that is not may be left out.
    ///   - graph: where the operations go.
    /// - Returns: the inputs' gradients; nil where there is none.
    /// - Throws: `NetworkError` where the operation has no gradient.
    func differentiate(
        _ node: Node, outputGradients: [Graph.ValueID?], isWanted: [Bool], in graph: inout Graph
    ) throws -> [Graph.ValueID?]

    /// All ways in which this node can run on a target; none is refused with the layer's name.
    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel]

    /// Multiply-adds, where they are what takes the time; 0 where moving memory is.
    var products: Double { get }

    /// The input in whose memory an output may lie, if nobody needs that input afterwards.
    func input(overwrittenBy output: Int) -> Int?

    /// The operation that also applies this activation to its only output, or nil.
    func absorbing(_ activation: Activation) -> (any Operation)?

    /// The operation that also multiplies its only output by a scale and adds a shift, channel by channel, which it reads
    /// behind its other inputs; nil where it cannot.
    func absorbingRescaling() -> (any Operation)?

    /// The operation that counts input `input` as 0 where another value, which it reads behind its other inputs, is not
    /// positive; nil where it cannot.
    func absorbingMask(ofInput input: Int) -> (any Operation)?
}

extension Operation {
    /// An operation of which no gradient can be asked: one of the backward pass, or of inference.
    func differentiate(
        _ node: Node, outputGradients: [Graph.ValueID?], isWanted: [Bool], in graph: inout Graph
    ) throws -> [Graph.ValueID?] {
        throw NetworkError("layer '\(node.layer)': there is no gradient of its \(node.pass) pass")
    }

    var products: Double { 0 }
    func input(overwrittenBy output: Int) -> Int? { nil }
    func absorbing(_ activation: Activation) -> (any Operation)? { nil }
    func absorbingRescaling() -> (any Operation)? { nil }
    func absorbingMask(ofInput input: Int) -> (any Operation)? { nil }
}
