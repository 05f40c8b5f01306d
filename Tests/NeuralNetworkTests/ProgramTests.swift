import NeuralNetwork
import Testing

/// What a program does beyond its layers: the optimizer, dropout, shared weights, memory.
struct ProgramTests {
    /// input → Dense → BatchNormalization → Dropout → Dense, three classes.
    private func classifier(dropout: Float = 0) throws -> Network {
        var network = Network()
        try network.addInput("input", shape: [12])
        try network.addSequence(
            [Dense(20, activation: .relu), BatchNormalization(), Dropout(dropout), Dense(3, activation: .softmax)],
            prefix: "net", reading: "input")
        return network
    }

    private func parameters(_ network: Network, seed: UInt64 = 1) -> Parameters {
        var generator = SplitMix(state: seed)
        return Parameters(initializing: network, using: &generator)
    }

    private func fill(_ program: Program, seed: UInt64 = 3) {
        var generator = SplitMix(state: seed)
        _ = program.input("input").update(fromContentsOf: generator.values(program.input("input").count))
        for row in program.labels.indices { program.labels[row] = Int32(row % 3) }
    }

    @Test func trainingLearnsABatchByHeart() throws {
        let network = try classifier()
        let program = try Program(
            network, outputs: ["net.dense_1"], batchSize: 9, mode: .training,
            store: ParameterStore(parameters(network), for: network))
        fill(program)
        let first = program.step(Adam(learningRate: 1e-2), step: 1, seed: 0)
        var last = first
        for step in 2...200 { last = program.step(Adam(learningRate: 1e-2), step: step, seed: 0) }
        #expect(first.loss > 0.5)
        #expect(last.loss < 0.01)
        #expect(last.correct == 9)
    }

    @Test func equalSeedsGiveEqualBitsAndOthersDoNot() throws {
        let network = try classifier(dropout: 0.5)
        func trained(seed: UInt64) throws -> Parameters {
            let store = try ParameterStore(parameters(network), for: network)
            let program = try Program(
                network, outputs: ["net.dense_1"], batchSize: 8, mode: .training, store: store)
            fill(program)
            for step in 1...10 { program.step(Adam(), step: step, seed: seed) }
            return store.parameters()
        }
        let once = try trained(seed: 7)
        #expect(try trained(seed: 7) == once)
        #expect(try trained(seed: 8) != once)
    }

    @Test func programsOfOneStoreShareItsWeights() throws {
        let network = try classifier()
        let store = try ParameterStore(parameters(network), for: network)
        let training = try Program(network, outputs: ["net.dense_1"], batchSize: 9, mode: .training, store: store)
        let smaller = try Program(network, outputs: ["net.dense_1"], batchSize: 4, mode: .training, store: store)
        let inference = try Program(network, outputs: ["net.dense_1"], batchSize: 2, mode: .inference, store: store)
        fill(training)
        fill(smaller)
        func probabilities() -> [Float] {
            for i in inference.input("input").indices { inference.input("input")[i] = Float(i % 5) - 2 }
            inference.run()
            return Array(inference.output("net.dense_1"))
        }
        let before = probabilities()
        training.step(Adam(), step: 1, seed: 0)
        let between = probabilities()
        smaller.step(Adam(), step: 2, seed: 0)
        let after = probabilities()
        #expect(before != between && between != after)
        for row in 0..<2 {
            let sum = after[(row * 3)..<(row * 3 + 3)].reduce(0, +)
            #expect(abs(sum - 1) < 1e-6)
        }
    }

    @Test func momentsContinueATraining() throws {
        let network = try classifier(dropout: 0.25)
        func program(_ store: ParameterStore) throws -> Program {
            let program = try Program(
                network, outputs: ["net.dense_1"], batchSize: 8, mode: .training, store: store)
            fill(program)
            return program
        }
        let whole = try ParameterStore(parameters(network), for: network)
        let uninterrupted = try program(whole)
        for step in 1...6 { uninterrupted.step(Adam(), step: step, seed: 2) }

        let first = try ParameterStore(parameters(network), for: network)
        let interrupted = try program(first)
        for step in 1...3 { interrupted.step(Adam(), step: step, seed: 2) }
        let second = try ParameterStore(first.parameters(), for: network, moments: first.moments())
        let resumed = try program(second)
        for step in 4...6 { resumed.step(Adam(), step: step, seed: 2) }
        #expect(second.parameters() == whole.parameters())
        #expect(second.moments() == whole.moments())
    }

    @Test func adamMatchesKerasStepByStep() throws {
        let fixture = LayerFixtures.all.adam
        var network = Network()
        try network.addInput("input", shape: [fixture.initial.shape[0]])
        try network.add(Dense(1), name: "dense", reading: ["input"])
        // The weights' gradient of a single-output product is upstream times input, so any gradient can be had.
        let store = try ParameterStore(
            Parameters([
                .init(name: "dense.kernel", shape: [20, 1], values: fixture.initial.values),
                .init(name: "dense.bias", shape: [1], values: [0]),
            ]), for: network)
        let product = try VectorJacobianProduct(network, output: "dense", batchSize: 1, store: store)
        product.upstream[0] = 1
        for (index, gradient) in fixture.gradients.enumerated() {
            _ = product.input("input").update(fromContentsOf: gradient)
            product.run()
            product.update(Adam(), step: index + 1)
            let updated = try #require(store.parameters()["dense.kernel"]).values
            for (actual, expected) in zip(updated, fixture.updated[index]) {
                #expect(abs(actual - expected) <= 2e-7 * max(1, abs(expected)), "step \(index + 1)")
            }
        }
    }

    @Test func dropoutKeepsItsRateAndItsMean() throws {
        var network = Network()
        try network.addInput("input", shape: [100_000])
        try network.add(Dropout(0.3), name: "dropout", reading: ["input"])
        let product = try VectorJacobianProduct(
            network, output: "dropout", batchSize: 1, store: ParameterStore(Parameters([]), for: network))
        product.input("input").update(repeating: 1)
        product.upstream.update(repeating: 2)
        product.run()
        let output = Array(product.output)
        let dropped = output.count { $0 == 0 }
        #expect(abs(Double(dropped) / 100_000 - 0.3) < 0.01)
        #expect(output.allSatisfy { $0 == 0 || abs($0 - 1 / 0.7) < 1e-6 })
        // The same elements are dropped on the way back.
        for (gradient, output) in zip(product.inputGradient("input"), output) { #expect(gradient == 2 * output) }
        // Neighbours are dropped independently of each other.
        let pairs = zip(output, output.dropFirst()).count { $0 == 0 && $1 == 0 }
        #expect(abs(Double(pairs) / 100_000 - 0.09) < 0.01)
    }

    @Test func inputDropoutReplacesOneInputOfItsShareOfTheExamples() throws {
        var network = Network()
        try network.addInput("a", shape: [4])
        try network.addInput("b", shape: [5])
        try network.add(InputDropout(0.4, input: 0, of: 2, replacement: 0.25, joint: "both"), name: "c", reading: ["a"])
        try network.add(InputDropout(0.4, input: 1, of: 2, replacement: 0.2, joint: "both"), name: "d", reading: ["b"])
        try network.add(Concatenate(), name: "both", reading: ["c", "d"])
        let rows = 10_000
        let product = try VectorJacobianProduct(
            network, output: "both", batchSize: rows, store: ParameterStore(Parameters([]), for: network))
        product.input("a").update(repeating: 2)
        product.input("b").update(repeating: 3)
        product.upstream.update(repeating: 7)
        product.run()
        var absent = (a: 0, b: 0)
        for row in 0..<rows {
            let (a, b) = (
                Array(product.output[(row * 9)..<(row * 9 + 4)]), Array(product.output[(row * 9 + 4)..<(row * 9 + 9)])
            )
            let (noA, noB) = (a == [Float](repeating: 0.25, count: 4), b == [Float](repeating: 0.2, count: 5))
            #expect(noA || a == [2, 2, 2, 2])
            #expect(noB || b == [3, 3, 3, 3, 3])
            #expect(!(noA && noB))
            // What was absent learns nothing from the example.
            #expect(product.inputGradient("a")[row * 4] == (noA ? 0 : 7))
            #expect(product.inputGradient("b")[row * 5] == (noB ? 0 : 7))
            absent.a += noA ? 1 : 0
            absent.b += noB ? 1 : 0
        }
        #expect(abs(absent.a - rows / 5) < 200)
        #expect(abs(absent.b - rows / 5) < 200)
    }

    @Test func aLossThatIsNotFiniteLeavesTheWeightsAlone() throws {
        let network = try classifier()
        let entries = parameters(network).entries.map { entry in
            // Infinite where no ReLU can hide it: in the scores.
            entry.name == "net.dense_1.bias"
                ? Parameters.Entry(name: entry.name, shape: entry.shape, values: [0, .infinity, 0]) : entry
        }
        let store = try ParameterStore(Parameters(entries), for: network)
        let program = try Program(network, outputs: ["net.dense_1"], batchSize: 9, mode: .training, store: store)
        fill(program)
        let before = try #require(store.parameters()["net.dense.kernel"])
        #expect(!program.step(Adam(), step: 1, seed: 0).loss.isFinite)
        #expect(store.parameters()["net.dense.kernel"] == before)
    }

    /// Moving statistics on request are the means over batches, and forget what they were before.
    @Test func statisticsAreAveragedOverBatches() throws {
        var network = Network()
        try network.addInput("input", shape: [3])
        try network.addSequence(
            [BatchNormalization(momentum: 0.99), Dense(2, activation: .softmax)], prefix: "net", reading: "input")
        var generator = SplitMix(state: 4)
        let store = try ParameterStore(Parameters(initializing: network, using: &generator), for: network)
        let training = try Program(
            network, outputs: ["net.dense"], batchSize: 5, mode: .training, store: store, threads: 1)
        let inference = try Program(
            network, outputs: ["net.batch_normalization"], batchSize: 1, mode: .inference, store: store, threads: 1)
        inference.run()
        let batches = (0..<3).map { batch in generator.values(5 * 3).map { $0 * 2 + Float(batch) } }
        training.averageStatistics(batches: 3, step: 1, seed: 0) {
            _ = training.input("input").update(fromContentsOf: batches[$0])
            for row in 0..<5 { training.labels[row] = 0 }
        }
        let found = store.parameters()
        for channel in 0..<3 {
            let columns = batches.map { batch in (0..<5).map { Double(batch[$0 * 3 + channel]) } }
            let means = columns.map { $0.reduce(0, +) / 5 }
            let variances = zip(columns, means).map { column, mean in
                column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 5
            }
            let (mean, variance) = (means.reduce(0, +) / 3, variances.reduce(0, +) / 3)
            let moving = (
                found["net.batch_normalization.moving_mean"]!.values[channel],
                found["net.batch_normalization.moving_variance"]!.values[channel]
            )
            #expect(abs(Double(moving.0) - mean) < 1e-5 && abs(Double(moving.1) - variance) < 1e-5)
            // A program that has run before sees the new ones.
            _ = inference.input("input").update(fromContentsOf: [1, 1, 1])
            inference.run()
            let expected = (1 - mean) / (variance + 1e-3).squareRoot()
            #expect(abs(Double(inference.output("net.batch_normalization")[channel]) - expected) < 1e-4)
        }
    }
}
