import NeuralNetwork
import Testing

@Suite("Reshape")
struct ReshapeTests {
    /// What a network of these layers makes of an input.
    private func output(_ layers: [any Layer], _ shape: Shape, _ input: [Float]) throws -> [Float] {
        var network = Network()
        try network.addInput("input", shape: shape)
        let last = try network.addSequence(layers, prefix: "net", reading: "input")
        var generator = SplitMix(state: 7)
        let program = try Program(
            network, outputs: [last], batchSize: 2, mode: .inference,
            store: ParameterStore(Parameters(initializing: network, using: &generator), for: network))
        _ = program.input("input").update(fromContentsOf: input)
        program.run()
        return Array(program.output(last))
    }

    @Test("A row of values read as frames is what frames given as such are")
    func framesFromARow() throws {
        var generator = SplitMix(state: 1)
        let input = generator.values(2 * 39 * 13)
        let layers: [any Layer] = [
            Conv1D(filters: 8, kernel: 3, activation: .relu), MaxPooling1D(), Flatten(), Dense(5),
        ]
        let direct = try output(layers, [39, 13], input)
        let reshaped = try output([Reshape([39, 13])] + layers, [507, 1], input)
        #expect(direct.count == 10 && direct == reshaped)
    }

    @Test("The order of elements is Keras's")
    func order() throws {
        var generator = SplitMix(state: 2)
        let input = generator.values(2 * 6 * 4)
        #expect(try output([Reshape([2, 3, 4])], [6, 4], input) == input)
        let convolution = Conv1D(filters: 32, kernel: 1)
        let flat = try output([convolution, Flatten()], [6, 4], input)
        let reshaped = try output([convolution, Reshape([3, 64])], [6, 4], input)
        #expect(flat == reshaped)
    }

    @Test("A shape of another size is refused")
    func wrongShape() {
        for shape in [[39, 12], [], [507, -1], [1, 1, 1, 507], [0, 507]] {
            #expect(throws: NetworkError.self) { try Reshape(shape).outputShape(for: [[507, 1]]) }
        }
    }
}
