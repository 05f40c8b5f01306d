import CKernels
import COneDNN

extension BatchNormalization: ExecutableLayer {
    func compile(_ context: LayerContext) throws -> any CompiledLayer {
        try CompiledBatchNormalization(context, self)
    }
}

/// Forward, training first takes the batch's statistics, in a loop of our own: oneDNN's sums thousands of values one by one
/// in float32, which can be off by 1e-4 of what comes out in the end. Then a primitive normalizes. Backward, one
/// primitive overwrites the output's gradient with the input's.
private struct CompiledBatchNormalization: CompiledLayer {
    let output: Tensor
    let outputShape: Shape
    private let context: LayerContext
    private let settings: BatchNormalization
    private let layout: Layout
    private let source: Tensor
    private let mean: Tensor
    private let variance: Tensor
    private let gamma: ParameterStore.Slot
    private let beta: ParameterStore.Slot

    init(_ context: LayerContext, _ settings: BatchNormalization) throws {
        let (builder, name, source) = (context.builder, context.name, context.inputs[0])
        // oneDNN's fast batch normalization knows four dimensions only: a vector is an image of one pixel.
        let features = context.inputShapes[0]
        layout = features.count == 1 ? try .examples([1, 1] + features, batch: context.batchSize) : source.layout
        let forward = try Primitive(
            "the batch normalization '\(name)'",
            owning: dnn_batch_normalization_forward(layout.pointer, settings.epsilon))
        gamma = try context.slot("gamma")
        beta = try context.slot("beta")
        let movingMean = try context.slot("moving_mean").value
        let movingVariance = try context.slot("moving_variance").value
        if builder.isTraining {
            mean = Tensor("\(name) mean", gamma.value.layout)
            variance = Tensor("\(name) variance", gamma.value.layout)
            try Self.emitStatistics(of: source, layout, features, into: mean, variance, context)
            let (statistics, momentum) = ([(movingMean, mean), (movingVariance, variance)], settings.momentum)
            builder.emit(
                "\(name) moving statistics", reads: [mean, variance], writes: [movingMean, movingVariance]
            ) {
                for (moving, batch) in statistics {
                    kernel_moving_average(
                        moving.floats.baseAddress, batch.floats.baseAddress, moving.floats.count, momentum)
                }
            }
        } else {
            (mean, variance) = (movingMean, movingVariance)
        }
        self.context = context
        self.settings = settings
        self.source = source
        output = Tensor(name, source.layout)
        outputShape = features
        try builder.emit(
            "\(name) forward", forward,
            reads: [
                (dnn_source, source), (dnn_mean, mean), (dnn_variance, variance), (dnn_scale, gamma.value),
                (dnn_shift, beta.value),
            ], writes: [(dnn_destination, output)])
    }

    private static func emitStatistics(
        of source: Tensor, _ layout: Layout, _ shape: Shape, into mean: Tensor, _ variance: Tensor,
        _ context: LayerContext
    ) throws {
        let (batch, channels) = (context.batchSize, shape[shape.count - 1])
        let (space, block) = (shape.elementCount / channels, Int(dnn_layout_channel_block(layout.pointer)))
        guard block > 0 else {
            throw ExecutionError(description: "'\(context.name)' gets a layout that its statistics cannot read")
        }
        let scratch = Memory(
            byteCount: kernel_batch_statistics_scratch(batch, channels, block) * MemoryLayout<Double>.stride)
        context.builder.emit("\(context.name) statistics", reads: [source], writes: [mean, variance]) {
            kernel_batch_statistics(
                source.address, source.elementType.ofKernels, batch, channels, space, block, mean.floats.baseAddress,
                variance.floats.baseAddress, scratch.address.assumingMemoryBound(to: Double.self))
        }
    }

    func emitBackward(_ gradient: Tensor, isWanted: [Bool]) throws -> [Tensor?] {
        let gradient = try context.builder.reordered(gradient, to: source.layout, for: context.name)
        let backward = try Primitive(
            "the gradient of '\(context.name)'",
            owning: dnn_batch_normalization_backward(layout.pointer, settings.epsilon))
        guard let gammaTraining = gamma.training, let betaTraining = beta.training else { return [nil] }
        try context.builder.emit(
            "\(context.name) backward", backward,
            reads: [
                (dnn_source, source), (dnn_mean, mean), (dnn_variance, variance), (dnn_scale, gamma.value),
                // Not needed for the computation, but oneDNN 2.x counts it among the arguments.
                (dnn_shift, beta.value), (dnn_destination_gradient, gradient),
            ],
            writes: [
                (dnn_source_gradient, gradient), (dnn_scale_gradient, gammaTraining.gradient),
                (dnn_shift_gradient, betaTraining.gradient),
            ])
        return [isWanted[0] ? gradient : nil]
    }
}
