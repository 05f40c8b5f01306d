import NeuralNetwork
import Testing

/// What the profile of a small network says.
struct StepProfilerTests {
    private static let layers = [
        "net.conv2d", "net.batch_normalization", "net.max_pooling2d", "net.dropout", "net.dense",
    ]

    private func program(_ store: ParameterStore, _ network: Network) throws -> Program {
        try Program(network, outputs: ["net.dense"], batchSize: 64, mode: .training, store: store, threads: 1)
    }

    private func network() throws -> Network {
        var network = Network()
        try network.addInput("input", shape: [28, 28, 1])
        try network.addSequence(
            [
                Conv2D(filters: 16, kernel: 3, padding: .same, activation: .relu), BatchNormalization(), MaxPooling2D(),
                Dropout(0.25), Flatten(), Dense(10, activation: .softmax),
            ], prefix: "net", reading: "input")
        return network
    }

    private func store(_ network: Network) throws -> ParameterStore {
        var generator = SplitMix(state: 1)
        return try ParameterStore(Parameters(initializing: network, using: &generator), for: network)
    }

    private func fill(_ program: Program) {
        var generator = SplitMix(state: 3)
        _ = program.input("input").update(fromContentsOf: generator.values(program.input("input").count))
        for row in program.labels.indices { program.labels[row] = Int32(row % 10) }
    }

    /// A profile on one thread: other tests run at the same time, and threads that wait for each other would be
    /// measured above all.
    private func profile(check: () throws -> Void = {}) throws -> StepProfile {
        let network = try network()
        let program = try program(store(network), network)
        let profiler = StepProfiler(program, warmUp: 2)
        for step in 1...14 { profiler.step(Adam(), step: step, seed: 0) { fill(program) } }
        return try profiler.profile(gather: { fill(program) }, check: check)
    }

    /// Measured once for all tests.
    private static let shared = Result { try StepProfilerTests().profile() }

    @Test func everyLayerAndPassIsNamed() throws {
        let profile = try Self.shared.get()
        #expect(profile.steps == 12 && profile.batchSize == 64)
        let passes = Dictionary(grouping: profile.operations, by: \.layer).mapValues { Set($0.map(\.pass)) }
        for layer in Self.layers { #expect(try #require(passes[layer]).contains("forward"), "\(layer)") }
        #expect(try #require(passes["net.conv2d"]).contains("backward weights"))
        #expect(try #require(passes["net.batch_normalization"]).isSuperset(of: ["statistics", "backward"]))
        #expect(try #require(passes["net.dense"]).isSuperset(of: ["backward weights", "backward data"]))
        #expect(try #require(passes[""]) == ["batch", "loss", "Adam"])
        // In the order in which they run.
        #expect(profile.operations.first?.pass == "batch" && profile.operations.last?.pass == "Adam")
    }

    @Test func theOperationsAddUpToTheStep() throws {
        let profile = try Self.shared.get()
        #expect(profile.operations.allSatisfy { $0.milliseconds > 0 })
        #expect(profile.betweenMilliseconds >= 0 && profile.betweenMilliseconds < 0.1 * profile.stepMilliseconds)
        #expect(profile.sumMilliseconds < 1.1 * profile.stepMilliseconds)
        #expect(
            abs(profile.operations.reduce(0) { $0 + $1.share } - profile.sumMilliseconds / profile.stepMilliseconds)
                < 1e-9)
        #expect(abs(profile.sumMilliseconds + profile.unaccountedMilliseconds - profile.stepMilliseconds) < 1e-9)
        #expect(
            profile.longest(3).map(\.milliseconds)
                == profile.operations.map(\.milliseconds).sorted().suffix(3).reversed())
    }

    @Test func theFloorIsMadeOfTheBestOfEach() throws {
        let profile = try Self.shared.get()
        for operation in profile.operations where operation.pass != "Adam" {
            let alone = try #require(operation.aloneMilliseconds)
            #expect(alone > 0)
            if let floor = operation.floorMilliseconds {
                #expect(floor <= alone && operation.floorImplementation != nil)
            } else {
                #expect(operation.pass == "convert")
            }
        }
        let floors = profile.operations.compactMap(\.floorMilliseconds)
        #expect(abs(profile.floorMilliseconds - floors.reduce(0, +)) < 1e-9)
        #expect(abs(profile.stepToFloor - profile.stepMilliseconds / profile.floorMilliseconds) < 1e-9)
        #expect(profile.memoryGigabytesPerSecond > 0)
    }

    @Test func ratesCountArithmeticOrMemory() throws {
        let profile = try Self.shared.get()
        for operation in profile.operations {
            let computes =
                ["net.conv2d", "net.dense"].contains(operation.layer)
                && ["forward", "backward weights", "backward data"].contains(operation.pass)
            #expect((operation.gigaflopsPerSecond != nil) == computes, "\(operation)")
            #expect((operation.gigabytesPerSecond != nil) == !computes, "\(operation)")
        }
        let convolution = try #require(
            profile.operations.first { ($0.layer, $0.pass) == ("net.conv2d", "forward") })
        // 9 weights for each of 16 filters, at 28 × 28 places of 64 images.
        let flops = 2.0 * 9 * 16 * 28 * 28 * 64
        let rate = try #require(convolution.gigaflopsPerSecond)
        #expect(abs(rate * convolution.milliseconds * 1e6 / flops - 1) < 1e-9)
    }

    @Test func aProfiledStepTrainsLikeAnyOther() throws {
        let network = try network()
        let (plain, profiled) = (try store(network), try store(network))
        let plainProgram = try program(plain, network)
        fill(plainProgram)
        let profiledProgram = try program(profiled, network)
        let profiler = StepProfiler(profiledProgram, warmUp: 0)
        for step in 1...3 {
            let expected = plainProgram.step(Adam(), step: step, seed: 5)
            let result = profiler.step(Adam(), step: step, seed: 5) { fill(profiledProgram) }
            #expect(result.loss == expected.loss)
        }
        #expect(profiled.parameters() == plain.parameters())
    }

    @Test func aCheckEndsTheMeasurement() {
        struct Stopped: Error {}
        #expect(throws: Stopped.self) { try profile(check: { throw Stopped() }) }
    }
}
