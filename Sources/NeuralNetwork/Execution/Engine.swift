import CNetworkKernels
import Foundation

/// The sets of instructions that kernels are compiled for, each a superset of those before it.
public enum InstructionSet: Int, CaseIterable, Comparable, Sendable {
    /// Any processor: SSE2 on x86-64, NEON on arm64.
    case baseline
    /// AVX2 with fused multiply-adds.
    case avx2
    /// AVX-512.
    case avx512
    /// AVX-512 with products of bfloat16 numbers.
    case avx512WithBFloat16

    /// Whether one set is a part of the other.
    public static func < (a: InstructionSet, b: InstructionSet) -> Bool { a.rawValue < b.rawValue }

    /// Those that this processor has.
    public static var available: [InstructionSet] { allCases.filter { $0.kernels != nil } }

    /// Its kernels, or nil where this processor lacks it.
    var kernels: UnsafePointer<kernel_set>? { kernel_set_for(kernel_instruction_set(UInt32(rawValue))) }

    /// As people write it, such as `AVX2`.
    public var name: String {
        switch self {
        case .baseline: kernels.map { String(cString: $0.pointee.name) } ?? "baseline"
        case .avx2: "AVX2"
        case .avx512: "AVX-512"
        case .avx512WithBFloat16: "AVX-512 with bfloat16"
        }
    }

    /// Its name in the environment variable `DUET_MAX_CPU_ISA`.
    var variableName: String {
        switch self {
        case .baseline: "SSE2"
        case .avx2: "AVX2"
        case .avx512: "AVX512"
        case .avx512WithBFloat16: "AVX512_BF16"
        }
    }
}

/// What programs run on.
public enum Engine {
    /// The environment variable that holds the engine to an older instruction set than the processor's best.
    public static let limitVariable = "DUET_MAX_CPU_ISA"

    /// The instruction set that programs use: the best that the processor has and `limitVariable` allows.
    public static let instructionSet: InstructionSet = {
        let limit = ProcessInfo.processInfo.environment[limitVariable]
        let most = InstructionSet.allCases.first { $0.variableName == limit } ?? .avx512WithBFloat16
        return InstructionSet.available.last { $0 <= most } ?? .baseline
    }()

    /// What is wrong with the value of `limitVariable`; nil if it is unset or names an instruction set.
    public static var problemWithLimit: String? {
        guard let limit = ProcessInfo.processInfo.environment[limitVariable],
            !InstructionSet.allCases.contains(where: { $0.variableName == limit })
        else { return nil }
        let known = InstructionSet.allCases.map(\.variableName).joined(separator: ", ")
        return "\(limitVariable) is '\(limit)'; it must be one of \(known), or unset"
    }

    /// The number of processors that are there for programs.
    public static let processors = ProcessInfo.processInfo.activeProcessorCount

    /// From now on, arrays of up to 32 MB that are freed stay with the process for those that come next, which then cost no new pages.
    /// A predicted pair takes a millisecond less of 16. For the start of a program.
    public static func reuseFreedMemory() { kernel_reuse_freed_memory() }

    /// What the engine is: `Duet, AVX2`.
    public static var description: String { "Duet, \(instructionSet.name)" }
}
