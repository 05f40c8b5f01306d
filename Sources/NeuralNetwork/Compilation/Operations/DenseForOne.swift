import CNetworkKernels

/// A dense layer for one example that also scales its input, channel by channel: what is left of a batch normalization in
/// front of it once its shift has become part of the bias.
///
/// Reads source, weights, folded bias and scale, and with a rescaling its scale and shift.
struct DenseForOne: Operation {
    let geometry: ConvolutionGeometry
    let activation: Activation
    /// The channels of the batch normalization.
    let channels: Int
    var isRescaled = false

    var products: Double { geometry.products }

    func absorbing(_ activation: Activation) -> (any Operation)? {
        guard activation == .relu, self.activation == .linear, !isRescaled else { return nil }
        return DenseForOne(geometry: geometry, activation: activation, channels: channels)
    }

    func absorbingRescaling() -> (any Operation)? {
        guard !isRescaled else { return nil }
        return DenseForOne(geometry: geometry, activation: activation, channels: channels, isRescaled: true)
    }

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let (isRectified, isRescaled) = (activation == .relu, isRescaled)
        return [
            .forOne(geometry, channels: channels, target) { arguments in
                kernel_epilogue(
                    bias: arguments.floats(2), relu: isRectified, scale: isRescaled ? arguments.floats(4) : nil,
                    shift: isRescaled ? arguments.floats(5) : nil)
            }
        ]
    }
}

/// A dense layer's bias, and what the shift of a batch normalization in front of it comes to.
///
/// Reads weights, bias and shift.
struct FoldedBias: Operation {
    let geometry: ConvolutionGeometry
    /// The channels of the batch normalization.
    let channels: Int

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        var shape = geometry.dense(.float32)
        let (kernels, threads, channels) = (target.set.dense, target.threads, channels)
        return [
            Kernel(
                name: "dense for one", cost: Double(geometry.weightCount),
                scratchBytes: kernels.one_scratch(&shape, threads)
            ) { arguments in
                let shifts = (0..<shape.inputs).map { arguments.floats(2)[$0 % channels] }
                let epilogue = kernel_epilogue(bias: arguments.floats(1), relu: false, scale: nil, shift: nil)
                withUnsafePointer(to: shape) { shape in
                    withUnsafePointer(to: epilogue) {
                        kernels.one(
                            shape, shifts, nil, 1, arguments.floats(0), $0, arguments.results(0), arguments.scratch,
                            threads)
                    }
                }
            }
        ]
    }
}
