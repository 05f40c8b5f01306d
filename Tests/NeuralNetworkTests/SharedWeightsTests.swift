import NeuralNetwork
import Testing

/// Several programs at once over one set of weights, and the threads that each was made for.
struct SharedWeightsTests {
    private func network() throws -> Network {
        var network = Network()
        try network.addInput("input", shape: [12, 12, 8])
        try network.addSequence(
            [
                Conv2D(filters: 16, kernel: 3, padding: .same, activation: .relu), BatchNormalization(), MaxPooling2D(),
                Flatten(), Dense(300, activation: .relu), BatchNormalization(), Dense(5, activation: .softmax),
            ], prefix: "net", reading: "input")
        return network
    }

    /// That this compiles says as much as that it passes: only what is `Sendable` may be read in several tasks.
    @Test(arguments: [1, 16]) func programsOnSeveralThreadsShareWeights(batch: Int) async throws {
        let network = try network()
        var generator = SplitMix(state: 1)
        let parameters = FrozenParameters(Parameters(initializing: network, using: &generator))
        let input = generator.values(batch * network.inputs[0].shape.elementCount)

        @Sendable func outputs(threads: Int, runs: Int) throws -> [Float] {
            let program = try Program(
                network, outputs: ["net.dense_1"], batchSize: batch, parameters: parameters, threads: threads)
            _ = program.input("input").update(fromContentsOf: input)
            for _ in 0..<runs { program.run() }
            return Array(program.output("net.dense_1"))
        }
        let alone = try outputs(threads: 2, runs: 1)
        #expect(alone.allSatisfy(\.isFinite) && Set(alone).count > 1)
        try await withThrowingTaskGroup(of: [Float].self) { group in
            for _ in 0..<6 { group.addTask { try outputs(threads: 2, runs: 20) } }
            for try await result in group { #expect(result == alone) }
        }
    }

    /// A program made on one thread and run on another computes on the threads that it was made for.
    @Test(arguments: [1, 2, 3]) func aProgramKeepsItsThreads(threads: Int) async throws {
        let network = try network()
        var generator = SplitMix(state: 2)
        let parameters = FrozenParameters(Parameters(initializing: network, using: &generator))
        let input = generator.values(network.inputs[0].shape.elementCount)
        let program = try Program(
            network, outputs: ["net.dense_1"], batchSize: 1, parameters: parameters, threads: threads)
        #expect(program.threads == threads)
        _ = program.input("input").update(fromContentsOf: input)
        program.run()
        let here = Array(program.output("net.dense_1"))
        // The compiler lets the program go to another thread because nothing here can reach it any more.
        let there = await Task.detached {
            program.run()
            return Array(program.output("net.dense_1"))
        }.value
        #expect(here == there)
    }
}
