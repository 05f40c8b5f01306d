import Duet
import FileFormats
import Foundation
import NeuralNetwork
import Testing

/// Arrays that lie in a file's memory instead of being copied out of it.
struct SharedMemoryTests {
    /// Writes a network's weights to a file and reads them back, in place.
    private func reread(_ parameters: Parameters) throws -> Parameters {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors")
        defer { try? FileManager.default.removeItem(at: url) }
        let tensors = parameters.entries.map { NamedTensor(name: $0.name, shape: $0.shape, values: $0.values) }
        try SafetensorsFile(tensors: tensors).write(to: url)
        let file = try SafetensorsFile(contentsOf: url)
        return Parameters(
            parameters.entries.compactMap { entry in
                file[entry.name].map { .init(name: $0.name, shape: $0.shape, storage: FloatStorage($0)) }
            })
    }

    private func network() throws -> Network {
        var network = Network()
        try network.addInput("input", shape: [32])
        try network.addSequence(
            [Dense(32, activation: .relu), BatchNormalization(), Dense(4, activation: .softmax)], prefix: "net",
            reading: "input")
        return network
    }

    private func run(_ program: Program) -> [Float] {
        for index in program.input("input").indices { program.input("input")[index] = Float(index % 7) - 3 }
        program.run()
        return Array(program.output("net.dense_1"))
    }

    @Test(arguments: [1, 3]) func programsReadWeightsWhereTheyLie(batch: Int) throws {
        let network = try network()
        var generator = SystemRandomNumberGenerator()
        let parameters = Parameters(initializing: network, using: &generator)
        let results = try [parameters, reread(parameters)].map { parameters in
            run(
                try Program(
                    network, outputs: ["net.dense_1"], batchSize: batch, parameters: FrozenParameters(parameters)))
        }
        #expect(results[0] == results[1])
    }

    @Test func trainingLeavesTheFilesMemoryAlone() throws {
        let network = try network()
        var generator = SystemRandomNumberGenerator()
        let parameters = Parameters(initializing: network, using: &generator)
        let shared = try reread(parameters)
        let store = try ParameterStore(shared, for: network)
        let program = try Program(network, outputs: ["net.dense_1"], batchSize: 4, mode: .training, store: store)
        for index in program.input("input").indices { program.input("input")[index] = Float(index % 7) - 3 }
        for row in 0..<4 { program.labels[row] = Int32(row) }
        program.step(Adam(), step: 1, seed: 1)
        #expect(store.parameters() != parameters)
        #expect(shared == parameters)
    }
}
