import NeuralNetwork
import Testing

/// Threads take chunks of work as they come. What they compute must not depend on who computed it.
struct DeterminismTests {
    /// A network with what threads share in different ways: Winograd's convolutions, pooling, a wide dense layer.
    private func network() throws -> Network {
        var network = Network()
        try network.addInput("input", shape: [20, 20, 1])
        try network.addSequence(
            [
                Conv2D(filters: 16, kernel: 3, padding: .same, activation: .relu), BatchNormalization(),
                Conv2D(filters: 32, kernel: 3, padding: .same, activation: .relu), BatchNormalization(),
                MaxPooling2D(), Dropout(0.25), Conv2D(filters: 32, kernel: 3, padding: .same, activation: .relu),
                Flatten(), Dense(64, activation: .relu), Dense(3, activation: .softmax),
            ], prefix: "net", reading: "input")
        return network
    }

    @Test(arguments: Precision.allCases, [1, 2, 3])
    func equalSeedsGiveEqualBits(_ precision: Precision, threads: Int) throws {
        let network = try network()
        var generator = SplitMix(state: 6)
        let initial = Parameters(initializing: network, using: &generator)
        let values = generator.values(32 * 400)
        func trained() throws -> Parameters {
            let store = try ParameterStore(initial, for: network)
            let program = try Program(
                network, outputs: ["net.dense_1"], batchSize: 32, mode: .training, precision: precision, store: store,
                threads: threads)
            _ = program.input("input").update(fromContentsOf: values)
            for row in program.labels.indices { program.labels[row] = Int32(row % 3) }
            for step in 1...5 { program.step(Adam(), step: step, seed: 9) }
            return store.parameters()
        }
        let once = try trained()
        #expect(once != initial)
        for _ in 1...3 { #expect(try trained() == once) }
    }
}
