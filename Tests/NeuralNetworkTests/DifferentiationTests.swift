import NeuralNetwork
import Testing

/// The backward pass of graphs that are not chains.
struct DifferentiationTests {
    /// What several layers read gets the sum of their gradients.
    @Test func gradientsOfSeveralReadersAreSummed() throws {
        var network = Network()
        try network.addInput("input", shape: [6])
        try network.add(Dense(5, activation: .tanh), name: "shared", reading: ["input"])
        try network.add(Dense(4, activation: .sigmoid), name: "left", reading: ["shared"])
        try network.add(Dense(3), name: "right", reading: ["shared"])
        try network.add(Concatenate(), name: "both", reading: ["left", "right", "shared"])
        try network.add(Dense(2), name: "end", reading: ["both"])
        var generator = SplitMix(state: 8)
        let parameters = Parameters(initializing: network, using: &generator)
        let (input, upstream) = (generator.values(3 * 6), generator.values(3 * 2))

        func run(_ input: [Float], _ parameters: Parameters) throws -> (
            sum: Double, VectorJacobianProduct, ParameterStore
        ) {
            let store = try ParameterStore(parameters, for: network)
            let product = try VectorJacobianProduct(network, output: "end", batchSize: 3, store: store)
            _ = product.input("input").update(fromContentsOf: input)
            _ = product.upstream.update(fromContentsOf: upstream)
            product.run()
            return (zip(product.output, upstream).reduce(0) { $0 + Double($1.0) * Double($1.1) }, product, store)
        }
        let (_, product, store) = try run(input, parameters)
        let step: Float = 1e-2
        for index in [0, 7, 17] {
            var moved = (input, input)
            moved.0[index] += step
            moved.1[index] -= step
            let measured = (try run(moved.0, parameters).sum - run(moved.1, parameters).sum) / Double(2 * step)
            #expect(abs(measured - Double(product.inputGradient("input")[index])) < 2e-3)
        }
        let gradient = store.gradients()["shared.kernel"]!.values
        for index in [0, 13, 29] {
            func moved(_ step: Float) -> Parameters {
                Parameters(
                    parameters.entries.map { entry in
                        guard entry.name == "shared.kernel" else { return entry }
                        var values = entry.values
                        values[index] += step
                        return .init(name: entry.name, shape: entry.shape, values: values)
                    })
            }
            let measured = (try run(input, moved(step)).sum - run(input, moved(-step)).sum) / Double(2 * step)
            #expect(abs(measured - Double(gradient[index])) < 2e-3)
        }
    }

    /// A training may have a layer that two others read.
    @Test func aNetworkWithTwoReadersLearns() throws {
        var network = Network()
        try network.addInput("input", shape: [6])
        try network.add(Dense(16, activation: .relu), name: "shared", reading: ["input"])
        try network.add(BatchNormalization(), name: "normalized", reading: ["shared"])
        try network.add(Dense(8, activation: .relu), name: "left", reading: ["normalized"])
        try network.add(Concatenate(), name: "both", reading: ["left", "shared"])
        try network.add(Dense(3, activation: .softmax), name: "end", reading: ["both"])
        var generator = SplitMix(state: 8)
        let store = try ParameterStore(Parameters(initializing: network, using: &generator), for: network)
        let program = try Program(network, outputs: ["end"], batchSize: 9, mode: .training, store: store)
        _ = program.input("input").update(fromContentsOf: generator.values(9 * 6))
        for row in 0..<9 { program.labels[row] = Int32(row % 3) }
        var last = program.step(Adam(learningRate: 1e-2), step: 1, seed: 0)
        #expect(last.loss > 0.5)
        for step in 2...200 { last = program.step(Adam(learningRate: 1e-2), step: step, seed: 0) }
        #expect(last.loss < 0.05)
    }

    /// A loss on an inner softmax adds its gradient to what comes from behind it, with its factor.
    @Test func auxiliaryLossesAreAddedWithTheirFactor() throws {
        var network = Network()
        try network.addInput("input", shape: [6])
        try network.add(Dense(5, activation: .tanh), name: "shared", reading: ["input"])
        try network.add(Dense(3, activation: .softmax), name: "branch", reading: ["shared"])
        try network.add(Concatenate(), name: "both", reading: ["branch", "shared"])
        try network.add(Dense(3, activation: .softmax), name: "end", reading: ["both"])
        var generator = SplitMix(state: 9)
        let parameters = Parameters(initializing: network, using: &generator)
        let input = generator.values(4 * 6)
        func gradients(_ output: String, _ auxiliary: [String: Float] = [:]) throws -> (StepResult, ParameterStore) {
            let store = try ParameterStore(parameters, for: network)
            let program = try Program(
                network, outputs: [output], batchSize: 4, mode: .training, auxiliaryLosses: auxiliary, store: store,
                threads: 1)
            _ = program.input("input").update(fromContentsOf: input)
            for row in 0..<4 { program.labels[row] = Int32(row % 3) }
            return (program.gradientPass(step: 1, seed: 0), store)
        }
        let (end, branch, both) = try (gradients("end"), gradients("branch"), gradients("end", ["branch": 0.3]))
        #expect(both.0.loss == end.0.loss && both.0.correct == end.0.correct)
        for entry in both.1.gradients().entries {
            let main = try #require(end.1.gradients()[entry.name]).values
            // What lies behind the branch has no part in its loss.
            let auxiliary = branch.1.gradients()[entry.name]?.values ?? []
            for index in entry.values.indices {
                let isBehind = entry.name.hasPrefix("end")
                let expected = main[index] + (isBehind ? 0 : 0.3 * auxiliary[index])
                #expect(abs(entry.values[index] - expected) < 1e-6, "\(entry.name)")
            }
        }
    }

    /// Two networks whose mean is the output: with a loss each, they have the gradients that they have alone, and the mean's loss is told.
    @Test func anOutputThatIsNotTrainedHasALossAndNoGradient() throws {
        var network = Network()
        try network.addInput("input", shape: [6])
        for name in ["a", "b"] { try network.add(Dense(3, activation: .softmax), name: name, reading: ["input"]) }
        try network.add(Average(), name: "average", reading: ["a", "b"])
        try network.add(TemperedLog(), name: "log", reading: ["average"])
        try network.add(ActivationLayer(.softmax), name: "end", reading: ["log"])
        var generator = SplitMix(state: 9)
        let parameters = Parameters(initializing: network, using: &generator)
        let input = generator.values(4 * 6)
        func gradients(
            _ output: String, _ auxiliary: [String: Float] = [:], trainsOutput: Bool = true
        ) throws -> (StepResult, Parameters) {
            let store = try ParameterStore(parameters, for: network)
            let program = try Program(
                network, outputs: [output], batchSize: 4, mode: .training, auxiliaryLosses: auxiliary,
                trainsOutput: trainsOutput, store: store, threads: 1)
            _ = program.input("input").update(fromContentsOf: input)
            for row in 0..<4 { program.labels[row] = Int32(row % 3) }
            return (program.gradientPass(step: 1, seed: 0), store.gradients())
        }
        let apart = try gradients("end", ["a": 1, "b": 1], trainsOutput: false)
        let mean = try gradients("end")
        #expect(apart.0.loss == mean.0.loss && apart.0.correct == mean.0.correct)
        for name in ["a", "b"] {
            let alone = try gradients(name).1
            for weight in ["\(name).kernel", "\(name).bias"] {
                let found = try #require(apart.1[weight]).values
                #expect(try found == #require(alone[weight]).values && found.contains { $0 != 0 })
                #expect(try found != #require(mean.1[weight]).values)
            }
        }
    }

    @Test func noStepIsTakenAlongAnAuxiliaryLossThatIsNotFinite() throws {
        var network = Network()
        for name in ["a", "b"] { try network.addInput(name, shape: [2]) }
        try network.add(Dense(2, activation: .softmax), name: "end", reading: ["a"])
        try network.add(Dense(2, activation: .softmax), name: "other", reading: ["b"])
        var generator = SplitMix(state: 9)
        let parameters = Parameters(initializing: network, using: &generator)
        let store = try ParameterStore(parameters, for: network)
        let program = try Program(
            network, outputs: ["end"], batchSize: 1, mode: .training, auxiliaryLosses: ["other": 1], store: store)
        _ = program.input("a").update(fromContentsOf: [1, 2])
        _ = program.input("b").update(fromContentsOf: [.nan, 2])
        program.labels[0] = 0
        #expect(!program.step(Adam(), step: 1, seed: 0).loss.isFinite)
        #expect(store.parameters() == parameters)
    }
}
