import COneDNN

extension MaxPooling1D: ExecutableLayer {
    func compile(_ context: LayerContext) throws -> any CompiledLayer {
        try CompiledMaxPooling(context, window: [1, pool])
    }
}

extension MaxPooling2D: ExecutableLayer {
    func compile(_ context: LayerContext) throws -> any CompiledLayer {
        try CompiledMaxPooling(context, window: [pool, pool])
    }
}

private struct CompiledMaxPooling: CompiledLayer {
    let output: Tensor
    let outputShape: Shape
    private let context: LayerContext
    private let window: [Int64]
    private let forward: Primitive
    /// Where each maximum was.
    private let workspace: Tensor

    init(_ context: LayerContext, window: [Int]) throws {
        self.context = context
        self.window = window.map(Int64.init)
        forward = try Primitive(
            "the pooling '\(context.name)'",
            owning: dnn_max_pooling_forward(
                context.inputs[0].layout.pointer, self.window, context.builder.isTraining))
        output = Tensor(context.name, try forward.layout(dnn_destination))
        outputShape = context.node.outputShape
        workspace = Tensor("\(context.name) workspace", try forward.layout(dnn_workspace))
        let kept = context.builder.isTraining ? [(dnn_workspace, workspace)] : []
        try context.builder.emit(
            "\(context.name) forward", forward, reads: [(dnn_source, context.inputs[0])],
            writes: [(dnn_destination, output)] + kept)
    }

    func emitBackward(_ gradient: Tensor, isWanted: [Bool]) throws -> [Tensor?] {
        guard isWanted[0] else { return [nil] }
        let gradient = try context.builder.reordered(gradient, to: output.layout, for: context.name)
        let backward = try Primitive(
            "the gradient of '\(context.name)'", owning: dnn_max_pooling_backward(forward.pointer, window))
        let result = Tensor("\(context.inputs[0].name) gradient", context.inputs[0].layout)
        try context.builder.emit(
            "\(context.name) backward", backward,
            reads: [(dnn_destination_gradient, gradient), (dnn_workspace, workspace)],
            writes: [(dnn_source_gradient, result)])
        return [result]
    }
}
