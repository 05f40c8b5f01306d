import CNetworkKernels

/// The loss: softmax cross-entropy of each row of scores against its class, averaged over the batch.
///
/// Reads scores and labels. Its one output is the gradient of the scores, p − y, which is exact and cannot overflow; the loss
/// and the number of correct examples go to the program's state. An example of `Program.noClass` is to be predicted as any class
/// alike: its loss is the Kullback-Leibler divergence of the prediction from the uniform distribution.
struct SoftmaxCrossEntropy: Operation {
    let classes: Int
    /// Its factor in the sum of losses, where it is an auxiliary loss beside the main one. The state's result is the main loss's.
    var auxiliaryWeight: Float?

    func kernels(for node: Node, in graph: Graph, on target: Target) -> [Kernel] {
        let (rows, classes, weight) = (graph[node.inputs[0]].count / classes, classes, auxiliaryWeight)
        let (loss, state) = (target.set.elementwise.softmax_cross_entropy!, target.state)
        return [
            Kernel(name: "plain", cost: Double(rows * classes), inputs: [.elements(.float32)], outputs: [.float32]) {
                var correct = 0
                let sum = loss(
                    $0.floats(0), $0.inputs[1].assumingMemoryBound(to: Int32.self), $0.results(0), rows, classes,
                    &correct)
                guard let weight else {
                    state.result = StepResult(loss: sum / Double(rows), correct: correct)
                    return
                }
                let gradient = $0.results(0)
                for index in 0..<(rows * classes) { gradient[index] *= weight }
                // A step is not taken along a gradient that is not finite, whichever loss it is from.
                if !sum.isFinite { state.result = StepResult(loss: sum, correct: state.result.correct) }
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
