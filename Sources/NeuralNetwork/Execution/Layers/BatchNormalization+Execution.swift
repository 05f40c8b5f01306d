import CKernels
import COneDNN

extension BatchNormalization: ExecutableLayer {
    func compile(_ context: LayerContext) throws -> any CompiledLayer {
        try CompiledBatchNormalization(context, self)
    }
}

/// One primitive forward and one backward, which overwrites the output's gradient with the input's. In training a small
/// loop follows that moves the averages.
private struct CompiledBatchNormalization: CompiledLayer {
    let output: Tensor
    let outputShape: Shape
    private let context: LayerContext
    private let settings: BatchNormalization
    private let forward: Primitive
    private let source: Tensor
    private let mean: Tensor
    private let variance: Tensor
    private let gamma: ParameterStore.Slot
    private let beta: ParameterStore.Slot

    init(_ context: LayerContext, _ settings: BatchNormalization) throws {
        let (builder, name, source) = (context.builder, context.name, context.inputs[0])
        // oneDNN's fast batch normalization knows four dimensions only: a vector is an image of one pixel.
        let features = context.inputShapes[0]
        let layout =
            features.count == 1 ? try Layout.examples([1, 1] + features, batch: context.batchSize) : source.layout
        forward = try Primitive(
            "the batch normalization '\(name)'",
            owning: dnn_batch_normalization_forward(layout.pointer, settings.epsilon, builder.isTraining))
        gamma = try context.slot("gamma")
        beta = try context.slot("beta")
        let movingMean = try context.slot("moving_mean").value
        let movingVariance = try context.slot("moving_variance").value
        self.context = context
        self.settings = settings
        self.source = source
        output = Tensor(name, source.layout)
        outputShape = features

        let inputs = [(dnn_source, source), (dnn_scale, gamma.value), (dnn_shift, beta.value)]
        guard builder.isTraining else {
            (mean, variance) = (movingMean, movingVariance)
            try builder.emit(
                "\(name) forward", forward, reads: inputs + [(dnn_mean, mean), (dnn_variance, variance)],
                writes: [(dnn_destination, output)])
            return
        }
        mean = Tensor("\(name) mean", gamma.value.layout)
        variance = Tensor("\(name) variance", gamma.value.layout)
        try builder.emit(
            "\(name) forward", forward, reads: inputs,
            writes: [(dnn_destination, output), (dnn_mean, mean), (dnn_variance, variance)])
        let statistics = [(movingMean, mean), (movingVariance, variance)]
        let momentum = settings.momentum
        builder.emit(
            "\(name) moving statistics", reads: [mean, variance], writes: [movingMean, movingVariance]
        ) {
            for (moving, batch) in statistics {
                kernel_moving_average(
                    moving.floats.baseAddress, batch.floats.baseAddress, moving.floats.count, momentum)
            }
        }
    }

    func emitBackward(_ gradient: Tensor, isWanted: [Bool]) throws -> [Tensor?] {
        let gradient = try context.builder.reordered(gradient, to: source.layout, for: context.name)
        let backward = try Primitive(
            "the gradient of '\(context.name)'",
            owning: dnn_batch_normalization_backward(forward.pointer, settings.epsilon))
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
