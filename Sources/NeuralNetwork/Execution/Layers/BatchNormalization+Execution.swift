import CKernels
import COneDNN

extension BatchNormalization: ExecutableLayer {
    func compile(_ context: LayerContext) throws -> any CompiledLayer {
        if context.builder.isTraining { return try CompiledBatchNormalization(context, self) }
        let source = context.inputs[0]
        let channels = try CompiledBatchNormalization.channels(of: source, context.inputShapes[0], context)
        let output: Tensor
        if source.normalizedBy == context.name {
            output = source
        } else if context.isLeftToDense, DenseForOne.canRead(context.inputShapes[0], inBlocksOf: channels.block) {
            output = source
            source.rescaling = try Rescaling(context.node, self, context.builder)
        } else {
            output = Tensor(context.name, source.layout)
            let rescaling = try Rescaling(context.node, self, context.builder)
            context.builder.emit(
                "\(context.name) forward", reads: [source, rescaling.scale, rescaling.shift], writes: [output]
            ) {
                withUnsafePointer(to: channels) {
                    kernel_rescale(
                        $0, source.address, rescaling.scale.floats.baseAddress, rescaling.shift.floats.baseAddress,
                        output.address)
                }
            }
        }
        return InferenceLayer(output: output, outputShape: context.inputShapes[0])
    }
}

/// Batch normalization in training.
///
/// Loops of our own: oneDNN sums in float32, which can be off by 1e-4 of what comes out in the end, its threads wait for
/// each other in a way that other processes disturb badly, and it does not know the ReLU in front.
private struct CompiledBatchNormalization: CompiledLayer {
    let output: Tensor
    let outputShape: Shape
    private let context: LayerContext
    private let channels: kernel_channels
    private let epsilon: Float
    private let source: Tensor
    private let mean: Tensor
    private let variance: Tensor
    private let gamma: ParameterStore.Slot
    private let beta: ParameterStore.Slot
    private let scratch: Tensor

    init(_ context: LayerContext, _ settings: BatchNormalization) throws {
        let source = context.inputs[0]
        self.context = context
        self.source = source
        epsilon = settings.epsilon
        outputShape = context.inputShapes[0]
        output = Tensor(context.name, source.layout)
        channels = try Self.channels(of: source, outputShape, context)
        let scratchCount = withUnsafePointer(to: channels, kernel_batch_normalization_scratch)
        scratch = Tensor("\(context.name) scratch", try .doubles(scratchCount))
        gamma = try context.slot("gamma")
        beta = try context.slot("beta")
        let movingMean = try context.slot("moving_mean").value
        let movingVariance = try context.slot("moving_variance").value
        let padded = try Layout(dimensions: [channels.paddedChannels], strides: [1])
        mean = Tensor("\(context.name) mean", padded)
        variance = Tensor("\(context.name) variance", padded)
        emitStatistics(averages: [(movingMean, mean), (movingVariance, variance)], momentum: settings.momentum)
        emitForward()
    }

    static func channels(
        of source: Tensor, _ shape: Shape, _ context: LayerContext
    ) throws -> kernel_channels {
        let (channels, block) = (shape[shape.count - 1], Int(dnn_layout_channel_block(source.layout.pointer)))
        guard block > 0 else {
            throw ExecutionError(description: "'\(context.name)' gets a layout that it cannot read")
        }
        return kernel_channels(
            batch: context.batchSize, channels: channels, space: shape.elementCount / channels, block: block,
            type: source.elementType.ofKernels)
    }

    private func emitStatistics(averages: [(moving: Tensor, batch: Tensor)], momentum: Float) {
        let (channels, source, mean, variance, scratch) = (channels, source, mean, variance, scratch)
        context.builder.emit(
            "\(context.name) statistics", reads: [source], writes: [scratch] + averages.flatMap { [$0, $1] }
        ) {
            withUnsafePointer(to: channels) {
                kernel_batch_statistics(
                    $0, source.address, mean.floats.baseAddress, variance.floats.baseAddress, scratch.doubles)
            }
            for (moving, batch) in averages {
                kernel_moving_average(
                    moving.floats.baseAddress, batch.floats.baseAddress, moving.floats.count, momentum)
            }
        }
    }

    private func emitForward() {
        let (channels, epsilon, source, output, mean) = (channels, epsilon, source, output, mean)
        let (variance, gamma, beta, scratch) = (variance, gamma.value, beta.value, scratch)
        context.builder.emit(
            "\(context.name) forward", reads: [source, mean, variance, gamma, beta], writes: [output, scratch]
        ) {
            withUnsafePointer(to: channels) {
                kernel_batch_normalization(
                    $0, source.address, mean.floats.baseAddress, variance.floats.baseAddress, gamma.floats.baseAddress,
                    beta.floats.baseAddress, epsilon, output.address, scratch.doubles)
            }
        }
    }

    /// Overwrites the output's gradient with the input's.
    func emitBackward(_ gradient: Tensor, isWanted: [Bool]) throws -> [Tensor?] {
        let gradient = try context.builder.reordered(gradient, to: source.layout, for: context.name)
        guard let gammaGradient = gamma.training?.gradient, let betaGradient = beta.training?.gradient else {
            return [nil]
        }
        let (channels, epsilon, source, mean) = (channels, epsilon, source, mean)
        let (variance, gamma, scratch) = (variance, gamma.value, scratch)
        let masksReLU = source.isRectified
        context.builder.emit(
            "\(context.name) backward", reads: [source, mean, variance, gamma, gradient],
            writes: [gradient, gammaGradient, betaGradient, scratch]
        ) {
            withUnsafePointer(to: channels) {
                kernel_batch_normalization_backward(
                    $0, source.address, gradient.address, mean.floats.baseAddress, variance.floats.baseAddress,
                    gamma.floats.baseAddress, epsilon, masksReLU, gradient.address, gammaGradient.floats.baseAddress,
                    betaGradient.floats.baseAddress, scratch.doubles)
            }
        }
        gradient.hasReLUMask = masksReLU
        return [isWanted[0] ? gradient : nil]
    }
}

extension kernel_channels {
    /// The channels with those that fill up the last block.
    fileprivate var paddedChannels: Int { (channels + block - 1) / block * block }
}
