import NeuralNetwork

/// What models are compared with others' results on: every instruction set of this processor, with and without Winograd's
/// algorithm, whose rounding is coarser.
struct TestedEngine: CustomStringConvertible, Sendable {
    let instructionSet: InstructionSet
    let usesWinograd: Bool

    static let all = InstructionSet.available.flatMap { set in
        [true, false].map { TestedEngine(instructionSet: set, usesWinograd: $0) }
    }

    var options: Program.Options {
        Program.Options(instructionSet: instructionSet, excludedKernels: usesWinograd ? [] : ["Winograd"])
    }

    var description: String { "\(instructionSet.name), \(usesWinograd ? "all kernels" : "without Winograd")" }
}
