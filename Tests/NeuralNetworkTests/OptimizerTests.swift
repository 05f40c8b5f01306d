import NeuralNetwork
import Testing

/// The seam between programs and optimizers, and the one array in which all gradients lie.
struct OptimizerTests {
    /// Gradient descent with momentum: another rule than Adam's, with one array of its own.
    private struct Momentum: Optimizer {
        static let stateCount = 1
        let rate: Float

        func update(_ weights: OptimizedWeights, step: Int, on runtime: OptimizerRuntime) {
            for index in weights.values.indices {
                weights.states[0][index] = 0.9 * weights.states[0][index] + weights.gradients[index]
                weights.values[index] -= rate * weights.states[0][index]
            }
        }
    }

    /// With a dense layer that is wide enough to take Adam's step in its backward pass.
    private func network() throws -> Network {
        var network = Network()
        try network.addInput("input", shape: [2100])
        try network.addSequence(
            [Dense(64, activation: .relu), BatchNormalization(), Dense(3, activation: .softmax)], prefix: "net",
            reading: "input")
        return network
    }

    private func fill(_ program: Program) {
        var generator = SplitMix(state: 3)
        _ = program.input("input").update(fromContentsOf: generator.values(program.input("input").count))
        for row in program.labels.indices { program.labels[row] = Int32(row % 3) }
    }

    private func training() throws -> (program: Program, store: ParameterStore, initial: Parameters) {
        let network = try network()
        var generator = SplitMix(state: 1)
        let initial = Parameters(initializing: network, using: &generator)
        let store = try ParameterStore(initial, for: network)
        let program = try Program(network, outputs: ["net.dense_1"], batchSize: 9, mode: .training, store: store)
        fill(program)
        return (program, store, initial)
    }

    @Test func anotherRuleMovesAllWeightsAlongTheirGradients() throws {
        let (program, store, initial) = try training()
        program.gradientPass(step: 1, seed: 0)
        let gradients = store.gradients()
        program.step(Momentum(rate: 0.1), step: 1, seed: 0)
        let moved = store.parameters()
        for entry in initial.entries {
            guard let gradient = gradients[entry.name] else { continue }
            let expected = zip(entry.values, gradient.values).map { $0 - 0.1 * $1 }
            expectClose(moved[entry.name]!.values, expected, entry.name, tolerance: 1e-6)
        }
        #expect(gradients.entries.count == 6)
    }

    @Test func anotherRuleLearns() throws {
        let (program, _, _) = try training()
        let first = program.step(Momentum(rate: 0.02), step: 1, seed: 0)
        var last = first
        for step in 2...60 { last = program.step(Momentum(rate: 0.02), step: step, seed: 0) }
        #expect(last.loss < 0.2 * first.loss)
    }

    @Test func gradientsLieInOneArrayInTheNetworksOrder() throws {
        let (program, store, _) = try training()
        program.gradientPass(step: 1, seed: 0)
        let arena = Array(store.gradientArena)
        var place = 0
        for entry in store.gradients().entries {
            #expect(Array(arena[place..<(place + entry.values.count)]) == entry.values, "\(entry.name)")
            place += (entry.values.count + 15) / 16 * 16
        }
        #expect(place == arena.count)
        // Scaled as one array, as a clipped gradient would be, they move the weights by as much.
        let before = store.parameters()
        for index in store.gradientArena.indices { store.gradientArena[index] *= 0.5 }
        program.applyGradients(Momentum(rate: 1), step: 1)
        let (old, new) = (before["net.dense_1.bias"]!.values, store.parameters()["net.dense_1.bias"]!.values)
        let gradient = store.gradients()["net.dense_1.bias"]!.values
        for index in old.indices { #expect(abs(old[index] - gradient[index] - new[index]) < 1e-6) }
    }
}
