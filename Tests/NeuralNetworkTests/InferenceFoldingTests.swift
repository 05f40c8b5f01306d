import NeuralNetwork
import Testing

/// What inference leaves out or does elsewhere must not change what comes out.
struct InferenceFoldingTests {
    /// Every way in which a batch normalization is folded: behind a convolution and behind a dense layer, in front of a
    /// pooling, of a convolution, of a flattening, and of a dropout.
    private func network(activation: Activation = .relu) throws -> Network {
        var network = Network()
        try network.addInput("input", shape: [12, 8, 1])
        try network.addSequence(
            [
                Conv2D(filters: 32, kernel: 3, padding: .same, activation: activation), BatchNormalization(),
                Conv2D(filters: 32, kernel: 3, padding: .same, activation: activation), BatchNormalization(),
                MaxPooling2D(), Dropout(0.25),
                Conv2D(filters: 64, kernel: 3, padding: .same, activation: activation), BatchNormalization(),
                Flatten(), Dense(96, activation: activation), BatchNormalization(), Dropout(0.25),
                Dense(37, activation: activation), BatchNormalization(), Dense(5, activation: .softmax),
            ], prefix: "net", reading: "input")
        return network
    }

    /// Random weights and statistics, half of the batch normalizations' factors negative.
    private func parameters(_ network: Network) -> Parameters {
        var generator = SplitMix(state: 5)
        return Parameters(
            Parameters(initializing: network, using: &generator).entries.map { entry in
                guard entry.shape.count == 1 else { return entry }
                let values = generator.values(entry.values.count)
                let isVariance = entry.name.hasSuffix("variance")
                return .init(
                    name: entry.name, shape: entry.shape, values: isVariance ? values.map { abs($0) + 0.2 } : values)
            })
    }

    /// The probabilities of the first `batch` of some examples. Nothing is folded where all nodes' outputs are asked for.
    private func probabilities(
        _ network: Network, batch: Int, isFolded: Bool, store: ParameterStore
    ) throws -> [Float] {
        let last = network.nodes[network.nodes.count - 1].name
        let program = try Program(
            network, outputs: isFolded ? [last] : network.nodes.map(\.name), batchSize: batch, mode: .inference,
            store: store)
        var generator = SplitMix(state: 9)
        _ = program.input("input").update(fromContentsOf: generator.values(program.input("input").count))
        program.run()
        return Array(program.output(last))
    }

    private func expectClose(_ a: [Float], _ b: [Float], _ location: SourceLocation = #_sourceLocation) {
        let difference = zip(a, b).map { abs($0 - $1) }.max() ?? .infinity
        #expect(a.count == b.count && difference < 2e-5, "\(difference)", sourceLocation: location)
    }

    @Test(arguments: [1, 2, 7], [Activation.relu, .linear])
    func foldingChangesNothing(batch: Int, activation: Activation) throws {
        let network = try network(activation: activation)
        let parameters = parameters(network)
        let folded = try probabilities(
            network, batch: batch, isFolded: true, store: ParameterStore(parameters, for: network))
        let plain = try probabilities(
            network, batch: batch, isFolded: false, store: ParameterStore(parameters, for: network))
        #expect(Set(plain).count > 1)
        expectClose(folded, plain)
    }

    @Test func oneExampleIsTheFirstOfMany() throws {
        let network = try network()
        let parameters = parameters(network)
        let one = try probabilities(network, batch: 1, isFolded: true, store: ParameterStore(parameters, for: network))
        let many = try probabilities(network, batch: 3, isFolded: true, store: ParameterStore(parameters, for: network))
        expectClose(one, Array(many.prefix(5)))
    }

    @Test func everyRunGivesTheSameBits() throws {
        let network = try network()
        let store = try ParameterStore(parameters(network), for: network)
        let once = try probabilities(network, batch: 1, isFolded: true, store: store)
        #expect(try probabilities(network, batch: 1, isFolded: true, store: store) == once)
    }

    @Test(arguments: [1, 4]) func trainedWeightsAreSeen(batch: Int) throws {
        let network = try network()
        let store = try ParameterStore(parameters(network), for: network)
        let last = network.nodes[network.nodes.count - 1].name
        let training = try Program(network, outputs: [last], batchSize: 6, mode: .training, store: store)
        let inference = try Program(network, outputs: [last], batchSize: batch, mode: .inference, store: store)
        var generator = SplitMix(state: 9)
        _ = inference.input("input").update(fromContentsOf: generator.values(inference.input("input").count))
        _ = training.input("input").update(fromContentsOf: generator.values(training.input("input").count))
        inference.run()
        let before = Array(inference.output(last))
        for step in 1...3 { training.step(Adam(learningRate: 1e-2), step: step, seed: 1) }
        inference.run()
        let after = Array(inference.output(last))
        #expect(after != before)
        let fresh = try probabilities(
            network, batch: batch, isFolded: false, store: ParameterStore(store.parameters(), for: network))
        expectClose(after, fresh)
    }
}
