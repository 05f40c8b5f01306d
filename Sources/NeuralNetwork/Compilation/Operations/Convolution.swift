import CNetworkKernels

/// The weighted sums of convolutions and dense layers, with an activation and a rescaling on the way out.
///
/// Reads source, weights and bias, and with a rescaling its scale and shift.
struct Convolution: Operation {
    let geometry: ConvolutionGeometry
    var activation = Activation.linear
    var isRescaled = false

    /// Whether it is a dense layer for one example with so many weights that it takes as long as these come from memory, and
    /// the rows that meet a 0 had better stay there.
    var isWorthSkippingZeros: Bool { geometry.isDense && geometry.examples == 1 && geometry.weightCount >= 1 << 16 }

    var products: Double { geometry.products }

    func differentiate(
        _ node: Node, outputGradients: [Graph.ValueID?], isWanted: [Bool], in graph: inout Graph
    ) throws -> [Graph.ValueID?] {
        guard let gradient = outputGradients[0] else { return [nil, nil, nil] }
        let (source, weights, bias) = (node.inputs[0], node.inputs[1], node.inputs[2])
        var results: [Graph.ValueID?] = [nil, nil, nil]
        if isWanted[1] || isWanted[2] {
            let (ofWeights, ofBias) = (
                graph.addGradient(ofParameter: weights), graph.addGradient(ofParameter: bias)
            )
            graph.add(
                ConvolutionWeightGradients(geometry: geometry), layer: node.layer, pass: "backward weights",
                inputs: [source, gradient], outputs: [ofWeights, ofBias])
            (results[1], results[2]) = (ofWeights, ofBias)
        }
        if isWanted[0] {
            let result = graph.add(like: source, name: "\(graph[source].name) gradient")
            graph.add(
                ConvolutionSourceGradient(geometry: geometry), layer: node.layer, pass: "backward data",
                inputs: [gradient, weights], outputs: [result])
            results[0] = result
        }
        return results
    }

    func absorbing(_ activation: Activation) -> (any Operation)? {
        guard activation == .relu, self.activation == .linear, !isRescaled else { return nil }
        var fused = self
        fused.activation = activation
        return fused
    }

    func absorbingRescaling() -> (any Operation)? {
        guard !isRescaled else { return nil }
        var fused = self
        fused.isRescaled = true
        return fused
    }

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let output = graph[node.outputs[0]].elementType
        var found = [
            general(
                "direct", target.set.direct, geometry.products * 1.1 + Double(geometry.weightCount) * 16, output, target
            ),
            ReferenceConvolution.forward(self),
        ]
        if geometry.suitsWinograd(target.set) {
            found.append(general("Winograd", target.set.winograd, geometry.productsOfWinograd, output, target))
        }
        if geometry.isDense, output == .float32 {
            found += dense(source: graph[node.inputs[0]].elementType, target)
        }
        return found
    }

    /// The kernel of a family that takes packed weights.
    private func general(
        _ name: String, _ kernels: kernel_convolutions, _ cost: Double, _ type: ElementType, _ target: Target
    ) -> Kernel {
        var shape = geometry.convolution(type)
        let (threads, epilogue) = (target.threads, epilogue)
        return Kernel(
            name: name, cost: cost,
            inputs: [.elements(type), .packed(.of(kernels, geometry, type, turned: false, threads: threads))],
            outputs: [type], scratchBytes: kernels.scratch(&shape, threads)
        ) { arguments in
            withUnsafePointer(to: shape) { shape in
                withUnsafePointer(to: epilogue(arguments)) {
                    kernels.forward(
                        shape, arguments.inputs[0], arguments.floats(1), $0, arguments.outputs[0], arguments.scratch,
                        threads)
                }
            }
        }
    }

    /// The kernels that take a dense layer's weights as they lie.
    private func dense(source: ElementType, _ target: Target) -> [Kernel] {
        var found: [Kernel] = []
        var shape = geometry.dense(source)
        let (kernels, threads, epilogue) = (target.set.dense, target.threads, epilogue)
        if kernels.is_supported(&shape) {
            // Weights are read once; the direct convolution copies them, which it pays back when they fit into a cache.
            found.append(
                Kernel(
                    name: "wide dense", cost: geometry.products * 1.15 + Double(geometry.weightCount) * 2 + 65536,
                    outputs: [.float32], scratchBytes: kernels.scratch(&shape, threads)
                ) { arguments in
                    withUnsafePointer(to: shape) { shape in
                        withUnsafePointer(to: epilogue(arguments)) {
                            kernels.forward(
                                shape, arguments.inputs[0], arguments.floats(1), $0, arguments.results(0),
                                arguments.scratch, threads)
                        }
                    }
                })
        }
        if geometry.examples == 1, source == .float32 {
            found.append(.forOne(geometry, channels: nil, target, epilogue))
        }
        return found
    }

    /// What is done on the way out, from the inputs behind the weights.
    private var epilogue: (Arguments) -> kernel_epilogue {
        let (isRectified, isRescaled) = (activation == .relu, isRescaled)
        return { arguments in
            kernel_epilogue(
                bias: arguments.floats(2), relu: isRectified, scale: isRescaled ? arguments.floats(3) : nil,
                shift: isRescaled ? arguments.floats(4) : nil)
        }
    }
}

extension Kernel {
    /// A dense layer for one example; `channels` scales its input by the value behind the bias, channel by channel.
    static func forOne(
        _ geometry: ConvolutionGeometry, channels: Int?, _ target: Target,
        _ epilogue: @escaping (Arguments) -> kernel_epilogue
    ) -> Kernel {
        var shape = geometry.dense(.float32)
        let (kernels, threads) = (target.set.dense, target.threads)
        return Kernel(
            name: "dense for one", cost: Double(geometry.weightCount), inputs: [.elements(.float32)],
            outputs: [.float32], scratchBytes: kernels.one_scratch(&shape, threads)
        ) { arguments in
            withUnsafePointer(to: shape) { shape in
                withUnsafePointer(to: epilogue(arguments)) {
                    kernels.one(
                        shape, arguments.floats(0), channels == nil ? nil : arguments.floats(3), channels ?? 1,
                        arguments.floats(1), $0, arguments.results(0), arguments.scratch, threads)
                }
            }
        }
    }
}

extension Kernel.Packing {
    /// The order of weights of a family of kernels.
    static func of(
        _ kernels: kernel_convolutions, _ geometry: ConvolutionGeometry, _ type: ElementType, turned: Bool, threads: Int
    ) -> Kernel.Packing {
        var shape = geometry.convolution(type)
        return Kernel.Packing(pass: turned ? "pack turned" : "pack", count: kernels.packed_count(&shape)) {
            weights, packed in
            withUnsafePointer(to: shape) { kernels.pack($0, turned, weights, packed, threads) }
        }
    }
}
