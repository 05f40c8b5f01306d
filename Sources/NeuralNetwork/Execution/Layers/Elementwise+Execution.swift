import CKernels

extension ProgramBuilder {
    /// Sets `gradient` to zero where the ReLU let nothing through, unless the layer behind has done so.
    func emitReluBackward(_ name: String, output: Tensor, gradient: Tensor) {
        guard !gradient.hasReLUMask else { return }
        emit("\(name) backward relu", reads: [output, gradient], writes: [gradient]) {
            kernel_relu_backward(
                output.address, gradient.address, output.elementCount, output.elementType.ofKernels)
        }
    }
}

extension Dropout: ExecutableLayer {
    func compile(_ context: LayerContext) throws -> any CompiledLayer {
        let input = context.inputs[0]
        guard context.builder.isTraining, rate > 0 else {
            return PassedThrough(output: input, outputShape: context.inputShapes[0])
        }
        return CompiledDropout(context, rate: rate)
    }
}

/// A layer that changes nothing in this mode.
private struct PassedThrough: CompiledLayer {
    let output: Tensor
    let outputShape: Shape

    func emitBackward(_ gradient: Tensor, isWanted: [Bool]) -> [Tensor?] { [isWanted[0] ? gradient : nil] }
}

/// The mask is not stored: forward and backward draw it from the same key.
private struct CompiledDropout: CompiledLayer {
    let output: Tensor
    let outputShape: Shape
    private let context: LayerContext
    private let rate: Float
    private let layerKey: UInt64

    init(_ context: LayerContext, rate: Float) {
        self.context = context
        self.rate = rate
        layerKey = DropoutKey.layer(named: context.name)
        output = Tensor(context.name, context.inputs[0].layout)
        outputShape = context.inputShapes[0]
        emit("forward", from: context.inputs[0], to: output)
    }

    func emitBackward(_ gradient: Tensor, isWanted: [Bool]) throws -> [Tensor?] {
        guard isWanted[0] else { return [nil] }
        let gradient = try context.builder.reordered(gradient, to: output.layout, for: context.name)
        emit("backward", from: gradient, to: gradient)
        return [gradient]
    }

    private func emit(_ pass: String, from input: Tensor, to output: Tensor) {
        let (dropoutKey, rate, layerKey) = (context.builder.dropoutKey, rate, layerKey)
        context.builder.emit("\(context.name) \(pass)", reads: [input], writes: [output]) {
            kernel_dropout(
                input.address, output.address, output.elementCount, output.elementType.ofKernels, rate,
                dropoutKey.key(layer: layerKey))
        }
    }
}

extension ActivationLayer: ExecutableLayer {
    func compile(_ context: LayerContext) throws -> any CompiledLayer {
        if function == .linear {
            return PassedThrough(output: context.inputs[0], outputShape: context.inputShapes[0])
        }
        return CompiledActivation(context, function)
    }
}

private struct CompiledActivation: CompiledLayer {
    let output: Tensor
    let outputShape: Shape
    private let context: LayerContext
    private let function: Activation

    init(_ context: LayerContext, _ function: Activation) {
        let input = context.inputs[0]
        let output = Tensor(context.name, input.layout)
        self.context = context
        self.function = function
        self.output = output
        outputShape = context.inputShapes[0]
        let (rows, columns) = (context.batchSize, outputShape.elementCount)
        context.builder.emit("\(context.name) forward \(function.rawValue)", reads: [input], writes: [output]) {
            if function == .softmax {
                kernel_softmax(input.floats.baseAddress, output.floats.baseAddress, rows, columns)
            } else {
                kernel_relu(input.address, output.address, output.elementCount, output.elementType.ofKernels)
            }
        }
    }

    func emitBackward(_ gradient: Tensor, isWanted: [Bool]) throws -> [Tensor?] {
        guard isWanted[0] else { return [nil] }
        let (output, rows, columns) = (output, context.batchSize, outputShape.elementCount)
        let gradient = try context.builder.reordered(gradient, to: output.layout, for: context.name)
        if function == .softmax {
            context.builder.emit("\(context.name) backward softmax", reads: [output, gradient], writes: [gradient]) {
                kernel_softmax_backward(output.floats.baseAddress, gradient.floats.baseAddress, rows, columns)
            }
        } else {
            context.builder.emitReluBackward(context.name, output: output, gradient: gradient)
        }
        return [gradient]
    }
}
