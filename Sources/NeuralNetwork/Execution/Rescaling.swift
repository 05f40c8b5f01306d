import CKernels

/// A batch normalization in inference: its moving statistics make it a factor and a summand for each channel, so that the
/// layer before it or the one behind it can take it on.
struct Rescaling {
    /// The factors; zero where channels only fill up a block.
    let scale: Tensor
    /// The summands, alike.
    let shift: Tensor

    /// Keeps the numbers up to date with the weights of the batch normalization `node`.
    init(_ node: Network.Node, _ settings: BatchNormalization, _ builder: ProgramBuilder) throws {
        let weights = try node.weights.map { try builder.slot($0, of: node).value }
        let channels = node.outputShape.last ?? 0
        let padded = try Layout(dimensions: [(channels + 15) / 16 * 16], strides: [1])
        let (scale, shift) = (
            Tensor("\(node.name) scale", padded, memory: Memory(byteCount: padded.byteCount)),
            Tensor("\(node.name) shift", padded, memory: Memory(byteCount: padded.byteCount))
        )
        (self.scale, self.shift) = (scale, shift)
        builder.prepare("\(node.name) factors", reads: weights, writes: [scale, shift]) {
            let (gamma, beta, mean, variance) = (weights[0], weights[1], weights[2], weights[3])
            kernel_normalization_factors(
                channels, mean.floats.baseAddress, variance.floats.baseAddress, gamma.floats.baseAddress,
                beta.floats.baseAddress, settings.epsilon, scale.floats.baseAddress, shift.floats.baseAddress)
        }
    }
}

extension kernel_epilogue {
    /// A ReLU, if asked for, and then a rescaling, if there is one.
    init(relu: Bool, _ rescaling: Rescaling?) {
        self.init(
            relu: relu, scale: UnsafePointer(rescaling?.scale.floats.baseAddress),
            shift: UnsafePointer(rescaling?.shift.floats.baseAddress))
    }
}
