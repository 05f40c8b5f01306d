import NeuralNetwork
import Testing

/// Training in bf16 beside training in float32.
struct MixedPrecisionTests {
    typealias Subject = FiniteDifferenceTests.Subject

    /// A bfloat16 has 8 significant bits, so each rounding is off by at most 2⁻⁹ of the value.
    private let tolerance = 0.02

    @Test(arguments: [
        Subject(layer: Conv1D(filters: 16, kernel: 2), input: [11, 1]),
        Subject(layer: Conv1D(filters: 7, kernel: 3, padding: .same), input: [9, 5]),
        Subject(layer: Conv2D(filters: 32, kernel: 3, padding: .same), input: [6, 7, 1]),
        Subject(layer: Conv2D(filters: 16, kernel: 3, padding: .same, activation: .relu), input: [6, 5, 16]),
        Subject(layer: Conv2D(filters: 6, kernel: 2), input: [5, 5, 3]),
        Subject(layer: Conv2D(filters: 64, kernel: 3, padding: .same), input: [14, 14, 32]),
        Subject(layer: BatchNormalization(), input: [24]),
        Subject(layer: BatchNormalization(epsilon: 0.1), input: [5, 3, 16]),
        Subject(layer: BatchNormalization(), input: [40, 5]),
        Subject(layer: MaxPooling1D(), input: [9, 16]),
        Subject(layer: MaxPooling2D(pool: 3), input: [7, 6, 4]),
        Subject(layer: Dense(9, activation: .relu), input: [20]),
        Subject(layer: Dropout(0.3), input: [5, 4, 16]),
        Subject(layer: ActivationLayer(.softmax), input: [10]),
        Subject(layer: ActivationLayer(.relu), input: [4, 4, 3]),
        Subject(layer: Flatten(), input: [3, 4, 5]),
    ])
    func aLayerComputesNearlyTheSame(_ subject: Subject) throws {
        try expectNearlyTheSame([subject.layer], on: subject.input)
    }

    @Test func aDenseLayerBehindAFlattenComputesNearlyTheSame() throws {
        try expectNearlyTheSame([MaxPooling2D(), Flatten(), Dense(48)], on: [8, 8, 32])
        try expectNearlyTheSame([Conv1D(filters: 16, kernel: 2), Flatten(), Dense(10)], on: [30, 1])
    }

    /// Output and gradients of layers one behind the other, in both precisions.
    private func expectNearlyTheSame(_ layers: [any Layer], on shape: Shape) throws {
        var generator = SplitMix(state: 5)
        let batch = 8
        var network = Network()
        try network.addInput("input", shape: shape)
        try network.addSequence(layers, prefix: "net", reading: "input")
        let last = try #require(network.nodes.last)
        // Numbers that a bfloat16 can hold, inputs and weights alike. Else rounding them would move maxima, and the signs of
        // what is nearly zero, and with these whole elements of the gradients.
        func values(_ count: Int) -> [Float] { generator.values(count).map { ($0 * 128).rounded() / 128 } }
        let input = values(batch * shape.elementCount)
        let upstream = values(batch * last.outputShape.elementCount)
        let parameters = Parameters(
            Parameters(initializing: network, using: &generator).entries.map {
                .init(name: $0.name, shape: $0.shape, values: $0.values.map { ($0 * 512).rounded() / 512 })
            })

        func run(_ precision: Precision) throws -> (output: [Float], inputGradient: [Float], gradients: Parameters) {
            let store = try ParameterStore(parameters, for: network)
            let product = try VectorJacobianProduct(
                network, output: last.name, batchSize: batch, precision: precision, store: store)
            _ = product.input("input").update(fromContentsOf: input)
            _ = product.upstream.update(fromContentsOf: upstream)
            product.run()
            return (Array(product.output), Array(product.inputGradient("input")), store.gradients())
        }
        let (exact, mixed) = (try run(.float32), try run(.bf16))
        expectClose(mixed.output, exact.output, "output", tolerance: tolerance)
        expectClose(mixed.inputGradient, exact.inputGradient, "input gradient", tolerance: tolerance)
        for (actual, expected) in zip(mixed.gradients.entries, exact.gradients.entries) {
            #expect(actual.shape == expected.shape)
            expectClose(actual.values, expected.values, "gradient of \(expected.name)", tolerance: tolerance)
        }
    }

    @Test func ownLoopsRoundToTheNearestAndKeepWhatIsNotFinite() throws {
        var network = Network()
        try network.addInput("input", shape: [16, 16, 16])
        try network.add(Dropout(0.25), name: "dropout", reading: ["input"])
        let product = try VectorJacobianProduct(
            network, output: "dropout", batchSize: 1, precision: .bf16,
            store: ParameterStore(Parameters([]), for: network))
        var generator = SplitMix(state: 9)
        var input = generator.values(product.input("input").count).map(Self.rounded)
        for index in stride(from: 0, to: input.count, by: 64) { input[index] = .nan }
        for index in stride(from: 1, to: input.count, by: 64) { input[index] = -.infinity }
        _ = product.input("input").update(fromContentsOf: input)
        product.run()
        for (actual, value) in zip(product.output, input) where actual != 0 {
            let expected = Self.rounded(value * (1 / (1 - 0.25)))
            #expect(actual == expected || actual.isNaN && value.isNaN, "\(value) became \(actual), not \(expected)")
        }
    }

    /// The nearest bfloat16, of two equally near ones the even one.
    private static func rounded(_ value: Float) -> Float {
        guard value.isFinite else { return value }
        let (below, rest) = (value.bitPattern & 0xFFFF_0000, value.bitPattern & 0xFFFF)
        let isUp = rest > 0x8000 || rest == 0x8000 && below & 0x10000 != 0
        return Float(bitPattern: isUp ? below + 0x10000 : below)
    }

    // MARK: A small classifier

    private func classifier() throws -> Network {
        var network = Network()
        try network.addInput("input", shape: [8, 8, 1])
        try network.addSequence(
            [
                Conv2D(filters: 16, kernel: 3, padding: .same, activation: .relu), BatchNormalization(momentum: 0.9),
                MaxPooling2D(), Dropout(0.2), Flatten(), Dense(24, activation: .relu),
                BatchNormalization(momentum: 0.9), Dense(4, activation: .softmax),
            ], prefix: "net", reading: "input")
        return network
    }

    /// Noise over a bright quarter, whose place is the class; a third of the examples are too dim to be sure of.
    private func fill(_ input: UnsafeMutableBufferPointer<Float>, _ generator: inout SplitMix) -> [Int32] {
        (0..<(input.count / 64)).map { row in
            let (label, brightness) = (row % 4, Float(row % 3 == 0 ? 0.3 : 1))
            for (pixel, noise) in generator.values(64).enumerated() {
                let isBright = pixel / 32 == label / 2 && pixel % 8 / 4 == label % 2
                input[row * 64 + pixel] = noise + (isBright ? brightness : 0)
            }
            return Int32(label)
        }
    }

    private func trained(_ precision: Precision, seed: UInt64 = 1, steps: Int = 60) throws -> ParameterStore {
        let network = try classifier()
        var generator = SplitMix(state: 4)
        let store = try ParameterStore(Parameters(initializing: network, using: &generator), for: network)
        let program = try Program(
            network, outputs: ["net.dense_1"], batchSize: 32, mode: .training, precision: precision, store: store)
        for step in 1...steps {
            _ = program.labels.update(fromContentsOf: fill(program.input("input"), &generator))
            program.step(Adam(learningRate: 5e-3), step: step, seed: seed)
        }
        return store
    }

    private func accuracy(_ store: ParameterStore) throws -> Double {
        let program = try Program(
            classifier(), outputs: ["net.dense_1"], batchSize: 400, mode: .inference, store: store)
        var generator = SplitMix(state: 77)
        let labels = fill(program.input("input"), &generator)
        program.run()
        let scores = program.output("net.dense_1")
        let correct = labels.indices.count { row in
            let row4 = scores[(row * 4)..<(row * 4 + 4)]
            return row4.max() == row4[row4.startIndex + Int(labels[row])]
        }
        return Double(correct) / 400
    }

    @Test func aTrainingReachesTheSameAccuracy() throws {
        let (exact, mixed) = (try accuracy(trained(.float32)), try accuracy(trained(.bf16)))
        #expect(exact > 0.9)
        #expect(abs(mixed - exact) <= 0.02, "\(mixed) in bf16, \(exact) in float32")
    }

    @Test func equalSeedsGiveEqualBitsAndOthersDoNot() throws {
        let once = try trained(.bf16, steps: 10).parameters()
        #expect(try trained(.bf16, steps: 10).parameters() == once)
        #expect(try trained(.bf16, seed: 2, steps: 10).parameters() != once)
        #expect(try trained(.float32, steps: 10).parameters() != once)
    }

    @Test func inferenceIsRefused() throws {
        var generator = SplitMix(state: 4)
        let network = try classifier()
        let store = try ParameterStore(Parameters(initializing: network, using: &generator), for: network)
        #expect(throws: NetworkError.self) {
            try Program(
                classifier(), outputs: ["net.dense_1"], batchSize: 1, mode: .inference, precision: .bf16, store: store)
        }
    }
}
