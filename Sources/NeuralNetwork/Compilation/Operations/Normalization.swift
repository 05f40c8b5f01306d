import CNetworkKernels

/// A batch's mean and variance, channel by channel; moves the averages that inference uses.
///
/// Reads x, moving mean and moving variance, and writes mean and variance.
struct BatchStatistics: Operation {
    let rows: Int
    let channels: Int
    let momentum: Float

    /// The gradient goes through the normalization, whose formula takes the statistics as functions of x.
    func differentiate(
        _ node: Node, outputGradients: [Graph.ValueID?], isWanted: [Bool], in graph: inout Graph
    ) throws -> [Graph.ValueID?] { [nil, nil, nil] }

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let type = graph[node.inputs[0]].elementType
        var shape = kernel_rows(rows: rows, channels: channels, type: type.ofKernels)
        let (set, threads, momentum, channels) = (target.set, target.threads, momentum, channels)
        let state = target.state
        return [
            Kernel(
                name: "vector", cost: Double(rows * channels), inputs: [.elements(type)],
                scratchBytes: set.normalization.scratch(&shape)
            ) { arguments in
                withUnsafePointer(to: shape) {
                    set.normalization.statistics(
                        $0, arguments.inputs[0], arguments.results(0), arguments.results(1), arguments.scratch, threads)
                }
                let factor = state.averagedBatches.map { Float($0) / Float($0 + 1) } ?? momentum
                for index in 0..<2 {
                    set.elementwise.moving_average(
                        arguments.floats(1 + index), arguments.results(index), channels, factor)
                }
            }
        ]
    }
}

/// Normalization by the batch's statistics.
///
/// Reads x, mean, variance, gamma and beta.
struct Normalization: Operation {
    let rows: Int
    let channels: Int
    let epsilon: Float

    func differentiate(
        _ node: Node, outputGradients: [Graph.ValueID?], isWanted: [Bool], in graph: inout Graph
    ) throws -> [Graph.ValueID?] {
        guard let gradient = outputGradients[0] else { return node.inputs.map { _ in nil } }
        let (x, mean, variance, gamma, beta) = (
            node.inputs[0], node.inputs[1], node.inputs[2], node.inputs[3], node.inputs[4]
        )
        let (ofGamma, ofBeta) = (graph.addGradient(ofParameter: gamma), graph.addGradient(ofParameter: beta))
        let result = isWanted[0] ? graph.add(like: x, name: "\(graph[x].name) gradient") : nil
        graph.add(
            NormalizationGradients(
                rows: rows, channels: channels, epsilon: epsilon, givesSourceGradient: result != nil),
            layer: node.layer, pass: "backward", inputs: [x, gradient, mean, variance, gamma],
            outputs: [ofGamma, ofBeta] + (result.map { [$0] } ?? []))
        return [result, nil, nil, ofGamma, ofBeta]
    }

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let type = graph[node.inputs[0]].elementType
        let shape = kernel_rows(rows: rows, channels: channels, type: type.ofKernels)
        let (set, threads, epsilon, channels) = (target.set, target.threads, epsilon, channels)
        return [
            Kernel(
                name: "vector", cost: Double(rows * channels), inputs: [.elements(type)], outputs: [type],
                scratchBytes: 2 * channels * MemoryLayout<Float>.stride
            ) { arguments in
                guard let scratch = arguments.scratch else { return }
                let scale = scratch.assumingMemoryBound(to: Float.self)
                let shift = scale + channels
                set.normalization.factors(
                    channels, arguments.floats(1), arguments.floats(2), arguments.floats(3), arguments.floats(4),
                    epsilon,
                    scale, shift)
                withUnsafePointer(to: shape) {
                    set.normalization.rescale($0, arguments.inputs[0], scale, shift, arguments.outputs[0], threads)
                }
            }
        ]
    }
}

/// The gradients of a normalization by the batch's statistics.
///
/// Reads x, the output's gradient, mean, variance and gamma. Writes the gradients of gamma, beta and, where it is wanted, x.
struct NormalizationGradients: Operation {
    let rows: Int
    let channels: Int
    let epsilon: Float
    let givesSourceGradient: Bool
    /// Whether x came out of a ReLU, whose gradient is taken along.
    var masksReLU = false

    func input(overwrittenBy output: Int) -> Int? { output == 2 ? 1 : nil }

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let type = graph[node.inputs[0]].elementType
        var shape = kernel_rows(rows: rows, channels: channels, type: type.ofKernels)
        let (kernels, threads) = (target.set.normalization, target.threads)
        let (epsilon, masksReLU, givesSourceGradient) = (epsilon, masksReLU, givesSourceGradient)
        return [
            Kernel(
                name: "vector", cost: Double(2 * rows * channels), inputs: [.elements(type), .elements(type)],
                outputs: [.float32, .float32] + (givesSourceGradient ? [type] : []),
                scratchBytes: kernels.scratch(&shape)
            ) { arguments in
                withUnsafePointer(to: shape) {
                    kernels.gradients(
                        $0, arguments.inputs[0], arguments.inputs[1], arguments.floats(2), arguments.floats(3),
                        arguments.floats(4), epsilon, masksReLU, givesSourceGradient ? arguments.outputs[2] : nil,
                        arguments.results(0), arguments.results(1), arguments.scratch, threads)
                }
            }
        ]
    }
}

/// A batch normalization in inference as scale and shift of each channel.
///
/// Reads gamma, beta, moving mean and moving variance, and writes scale and shift.
struct NormalizationFactors: Operation {
    let channels: Int
    let epsilon: Float

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let (factors, channels, epsilon) = (target.set.normalization.factors!, channels, epsilon)
        return [
            Kernel(name: "plain", cost: Double(channels)) {
                factors(
                    channels, $0.floats(2), $0.floats(3), $0.floats(0), $0.floats(1), epsilon, $0.results(0),
                    $0.results(1))
            }
        ]
    }
}

/// x · scale + shift, channel by channel.
struct Rescaling: Operation {
    let rows: Int
    let channels: Int

    func input(overwrittenBy output: Int) -> Int? { 0 }

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let type = graph[node.inputs[0]].elementType
        let shape = kernel_rows(rows: rows, channels: channels, type: type.ofKernels)
        let (rescale, threads) = (target.set.normalization.rescale!, target.threads)
        return [
            Kernel(name: "vector", cost: Double(rows * channels), inputs: [.elements(type)], outputs: [type]) {
                arguments in
                withUnsafePointer(to: shape) {
                    rescale(
                        $0, arguments.inputs[0], arguments.floats(1), arguments.floats(2), arguments.outputs[0], threads
                    )
                }
            }
        ]
    }
}
