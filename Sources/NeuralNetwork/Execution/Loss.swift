import CKernels

/// What one training step has to say.
public struct StepResult: Sendable {
    /// The batch's mean cross-entropy before the step. Not finite if the training diverged; then no step was taken.
    public let loss: Double
    /// How many examples were classified correctly before the step.
    public let correct: Int
}

/// Softmax cross-entropy of a batch: reads the scores, writes their gradient.
final class Loss {
    let scores: Tensor
    let gradient: Tensor
    let labels: UnsafeMutableBufferPointer<Int32>
    private let labelMemory: Memory
    private let batchSize: Int
    private let classes: Int

    init(scores: Tensor, builder: ProgramBuilder) {
        self.scores = scores
        batchSize = builder.batchSize
        classes = scores.byteCount / MemoryLayout<Float>.stride / builder.batchSize
        gradient = Tensor("\(scores.name) gradient", scores.layout, memory: Memory(byteCount: scores.byteCount))
        labelMemory = Memory(byteCount: batchSize * MemoryLayout<Int32>.stride)
        labels = UnsafeMutableBufferPointer(
            start: labelMemory.address.assumingMemoryBound(to: Int32.self), count: batchSize)
    }

    /// The loss as an operation for the memory plan, placed at the end so that the scores can be read after a step.
    var operation: Operation { Operation(name: "loss", body: .kernel({}), reads: [scores], writes: []) }

    func run() -> StepResult {
        var correct = 0
        let sum = kernel_softmax_cross_entropy(
            scores.floats.baseAddress, labels.baseAddress, gradient.floats.baseAddress, batchSize, classes, &correct)
        return StepResult(loss: sum / Double(batchSize), correct: correct)
    }
}
