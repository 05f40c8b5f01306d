import CNetworkKernels

/// The loss: softmax cross-entropy of each row of scores against its class, averaged over the batch.
///
/// Reads scores and labels. Its one output is the gradient of the scores, p − y, which is exact and cannot overflow; the loss
/// and the number of correct examples go to the program's state.
struct SoftmaxCrossEntropy: Operation {
    let classes: Int

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let (rows, classes) = (graph[node.inputs[0]].count / classes, classes)
        let (loss, state) = (target.set.elementwise.softmax_cross_entropy!, target.state)
        return [
            Kernel(name: "plain", cost: Double(rows * classes), inputs: [.elements(.float32)], outputs: [.float32]) {
                var correct = 0
                let sum = loss(
                    $0.floats(0), $0.inputs[1].assumingMemoryBound(to: Int32.self), $0.results(0), rows, classes,
                    &correct)
                state.result = StepResult(loss: sum / Double(rows), correct: correct)
            }
        ]
    }
}

/// What one training step has to say.
public struct StepResult: Sendable {
    /// The batch's mean cross-entropy before the step. Not finite if the training diverged; then no step was taken.
    public let loss: Double
    /// How many examples were classified correctly before the step.
    public let correct: Int
}
