import CNetworkKernels

/// The gradient of a convolution with respect to its source.
///
/// Reads the output's gradient and the weights, and with a mask the output of the ReLU behind the convolution.
struct ConvolutionSourceGradient: Operation {
    let geometry: ConvolutionGeometry
    var isMasked = false

    var products: Double { geometry.products }

    func absorbingMask(ofInput input: Int) -> (any Operation)? {
        guard input == 0, !isMasked, !geometry.isDense else { return nil }
        var masked = self
        masked.isMasked = true
        return masked
    }

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let type = graph[node.inputs[0]].elementType
        var found = [
            kernel(
                "direct", target.set.direct, geometry.products * 1.1 + Double(geometry.weightCount) * 16, type, target),
            ReferenceConvolution.sourceGradient(self),
        ]
        if geometry.suitsWinograd(target.set) {
            found.append(kernel("Winograd", target.set.winograd, geometry.productsOfWinograd, type, target))
        }
        return found
    }

    private func kernel(
        _ name: String, _ kernels: kernel_convolutions, _ cost: Double, _ type: ElementType, _ target: Target
    ) -> Kernel {
        var shape = geometry.convolution(type)
        let (threads, isMasked) = (target.threads, isMasked)
        return Kernel(
            name: name, cost: cost,
            inputs: [.elements(type), .packed(.of(kernels, geometry, type, turned: true, threads: threads))]
                + (isMasked ? [.elements(type)] : []),
            outputs: [type], scratchBytes: kernels.scratch(&shape, threads)
        ) { arguments in
            withUnsafePointer(to: shape) {
                kernels.source_gradient(
                    $0, arguments.inputs[0], isMasked ? arguments.inputs[2] : nil, arguments.floats(1),
                    arguments.outputs[0], arguments.scratch, threads)
            }
        }
    }
}

/// The gradients of a convolution with respect to its weights and bias.
///
/// Reads the source and the output's gradient, and with a mask the output of the ReLU behind the convolution.
struct ConvolutionWeightGradients: Operation {
    let geometry: ConvolutionGeometry
    var isMasked = false

    var products: Double { geometry.products }

    func absorbingMask(ofInput input: Int) -> (any Operation)? {
        guard input == 1, !isMasked, !geometry.isDense else { return nil }
        var masked = self
        masked.isMasked = true
        return masked
    }

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let type = graph[node.inputs[1]].elementType
        var found = [
            kernel("direct", target.set.direct, geometry.products * 1.1, type, target),
            ReferenceConvolution.weightGradients(self),
        ]
        if geometry.suitsWinograd(target.set) {
            found.append(kernel("Winograd", target.set.winograd, geometry.productsOfWinograd, type, target))
        }
        return found
    }

    private func kernel(
        _ name: String, _ kernels: kernel_convolutions, _ cost: Double, _ type: ElementType, _ target: Target
    ) -> Kernel {
        var shape = geometry.convolution(type)
        let (threads, isMasked) = (target.threads, isMasked)
        return Kernel(
            name: name, cost: cost,
            inputs: [.elements(type), .elements(type)] + (isMasked ? [.elements(type)] : []),
            scratchBytes: kernels.scratch(&shape, threads)
        ) { arguments in
            withUnsafePointer(to: shape) {
                kernels.weight_gradients(
                    $0, arguments.inputs[0], arguments.inputs[1], isMasked ? arguments.inputs[2] : nil,
                    arguments.results(0), arguments.results(1), arguments.scratch, threads)
            }
        }
    }
}
