import Duet
import NeuralNetwork
import Testing
import TestSupport

/// A reference kernel is hundreds of times slower than others, and every result is right: only this test would notice.
struct PresetKernelTests {
    struct Setting: CustomStringConvertible, Sendable {
        let model: String
        let instructionSet: InstructionSet
        let mode: Program.Mode
        let precision: Precision

        var description: String { "\(model), \(instructionSet.name), \(mode), \(precision.rawValue)" }
    }

    static let settings = Presets.names.flatMap { model in
        InstructionSet.available.flatMap { set in
            [
                Setting(model: model, instructionSet: set, mode: .inference, precision: .float32),
                Setting(model: model, instructionSet: set, mode: .training, precision: .float32),
                Setting(model: model, instructionSet: set, mode: .training, precision: .bf16),
            ]
        }
    }

    @Test(arguments: settings, [1, 32, 128])
    func noPassOfAPresetTakesAReferenceKernel(_ setting: Setting, batchSize: Int) throws {
        let model = try #require(Presets.named(setting.model))
        let network = try model.network()
        // Kernels are chosen by shapes. Drawing millions of weights for each setting would take minutes.
        let parameters = Parameters(
            network.nodes.flatMap { node in
                node.weights.map {
                    let zeros = [Float](repeating: 0, count: $0.shape.elementCount)
                    return .init(name: node.parameterName($0), shape: $0.shape, values: zeros)
                }
            })
        let program = try Program(
            network, outputs: [model.outputNames().model], batchSize: batchSize, mode: setting.mode,
            precision: setting.precision, weights: .store(ParameterStore(parameters, for: network)),
            options: .init(instructionSet: setting.instructionSet))
        #expect(program.kernels.count > 20)
        for kernel in program.kernels {
            #expect(!(kernel.isReference && kernel.hasAlternative), "\(kernel.name) takes the \(kernel.kernel) kernel")
            #expect(!kernel.isReference, "\(kernel.name) has nothing but a reference kernel")
        }
    }
}
