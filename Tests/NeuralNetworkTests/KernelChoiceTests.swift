import NeuralNetwork
import Testing

/// Which kernels a program takes, and what is said where there is none.
struct KernelChoiceTests {
    private func network() throws -> Network {
        var network = Network()
        try network.addInput("input", shape: [8, 8, 16])
        try network.addSequence(
            [
                Conv2D(filters: 32, kernel: 3, padding: .same, activation: .relu), BatchNormalization(), MaxPooling2D(),
                Flatten(), Dense(3, activation: .softmax),
            ], prefix: "net", reading: "input")
        return network
    }

    private func program(_ mode: Program.Mode, without excluded: Set<String> = []) throws -> Program {
        let network = try network()
        var generator = SplitMix(state: 1)
        let parameters = Parameters(initializing: network, using: &generator)
        return try Program(
            network, outputs: ["net.dense"], batchSize: 4, mode: mode,
            weights: .store(ParameterStore(parameters, for: network)),
            options: .init(threads: 1, excludedKernels: excluded))
    }

    @Test func theFastestKernelIsTaken() throws {
        let kernels = try program(.training).kernels
        #expect(kernels.first { $0.name == "net.conv2d forward" }?.kernel == "Winograd")
        #expect(!kernels.contains { $0.isReference })
    }

    @Test(arguments: [Program.Mode.training, .inference])
    func aReferenceKernelIsTakenOnlyWhereNothingElseIs(mode: Program.Mode) throws {
        let all = try program(mode).kernels
        #expect(!all.contains { $0.isReference })
        let direct = try program(mode, without: ["Winograd"]).kernels
        #expect(direct.first { $0.name == "net.conv2d forward" }?.kernel == "direct")
        let rest = try program(mode, without: ["Winograd", "direct"]).kernels
        #expect(rest.first { $0.name == "net.conv2d forward" }?.isReference == true)
    }

    /// All kernels of an operation compute the same.
    @Test func referenceKernelsAgreeWithTheFastOnes() throws {
        func gradients(without excluded: Set<String>) throws -> (Parameters, [Float]) {
            let network = try network()
            var generator = SplitMix(state: 1)
            let store = try ParameterStore(Parameters(initializing: network, using: &generator), for: network)
            let program = try Program(
                network, outputs: ["net.dense"], batchSize: 4, mode: .training, weights: .store(store),
                options: .init(threads: 1, excludedKernels: excluded))
            _ = program.input("input").update(fromContentsOf: generator.values(program.input("input").count))
            for row in 0..<4 { program.labels[row] = Int32(row % 3) }
            program.gradientPass(step: 1, seed: 1)
            return (store.gradients(), Array(program.scores))
        }
        let (fast, fastScores) = try gradients(without: [])
        let (reference, scores) = try gradients(without: ["Winograd", "direct", "wide dense"])
        expectClose(fastScores, scores, "scores")
        for (one, other) in zip(fast.entries, reference.entries) {
            expectClose(one.values, other.values, one.name, tolerance: 1e-4)
        }
    }

    @Test func whatCannotRunIsRefusedWithTheLayersName() throws {
        let error = #expect(throws: NetworkError.self) {
            try program(.training, without: ["Winograd", "direct", "reference"])
        }
        #expect(error?.description.contains("layer 'net.conv2d'") == true)
        #expect(error?.description.contains("forward") == true)
    }

    @Test func instructionSetsThatThisProcessorLacksAreRefused() throws {
        let network = try network()
        var generator = SplitMix(state: 1)
        let parameters = Parameters(initializing: network, using: &generator)
        for set in InstructionSet.allCases {
            func program() throws -> Program {
                try Program(
                    network, outputs: ["net.dense"], batchSize: 4, mode: .inference,
                    weights: .frozen(FrozenParameters(parameters)), options: .init(instructionSet: set))
            }
            if InstructionSet.available.contains(set) {
                _ = try program()
            } else {
                #expect(throws: NetworkError.self) { try program() }
            }
        }
    }
}
