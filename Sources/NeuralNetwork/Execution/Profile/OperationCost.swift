/// What an operation costs when nothing else runs.
struct OperationCost {
    /// What ran.
    var implementation: String
    /// Whether that was a reference kernel, plain loops.
    var isReference = false
    var flops = 0.0
    /// Bytes read and written.
    var bytes = 0.0
    /// How long the operation takes by itself.
    let aloneMilliseconds: Double
    /// The least that it could take, and what does that. Nil for what a step could do without.
    var floor: (milliseconds: Double, implementation: String)?
}

extension OperationCost {
    /// Times a part of the step that is no operation of the program's.
    init(_ implementation: String, bytes: Int, _ body: () -> Void) {
        self.implementation = implementation
        self.bytes = Double(bytes)
        aloneMilliseconds = aloneTime(body)
        floor = (aloneMilliseconds, implementation)
    }

    /// Times an operation on the data that its values hold, in place, and every other kernel that could run it.
    init(_ operation: Code.Operation, in code: Code) throws {
        let node = operation.node
        guard let kernel = node.kernel else { preconditionFailure("the kernels are not chosen") }
        let saved = SavedOutputs(operation, in: code)
        aloneMilliseconds = aloneTime(before: saved.restore, operation.run)
        implementation = kernel.name
        isReference = kernel.isReference
        flops = 2 * node.operation.products
        bytes = Double(Set(node.inputs + node.outputs).reduce(0) { $0 + code.graph[$1].byteCount })
        // A step whose kernels agree on their element types needs no conversions.
        guard !(node.operation is ConvertOperation) else { return }
        floor = (aloneMilliseconds, kernel.name)
        for (alternative, time) in try Self.alternatives(to: operation, in: code) where time < floor!.milliseconds {
            floor = (time, alternative)
        }
    }

    /// The milliseconds of each other kernel that could run this, with weights packed as it wants them.
    private static func alternatives(
        to operation: Code.Operation, in code: Code
    ) throws -> [(name: String, milliseconds: Double)] {
        let kernels = try code.graph.candidates(for: operation.node, on: code.target)
        return kernels.filter { $0.name != operation.node.kernel?.name && !$0.isReference }.compactMap { kernel in
            var inputs = operation.arguments.inputs
            var memories: [Memory] = []
            for (index, requirement) in kernel.inputs.enumerated() {
                switch requirement {
                case .asItIs: continue
                case .elements(let type):
                    // Another type's kernel would need a conversion first.
                    guard code.graph[operation.node.inputs[index]].elementType == type else { return nil }
                case .packed(let packing):
                    // What the weights are does not matter: any numbers take as long.
                    let memory = Memory(byteCount: packing.count * MemoryLayout<Float>.stride)
                    memories.append(memory)
                    inputs[index] = memory.address
                }
            }
            let scratch = Memory(byteCount: kernel.scratchBytes)
            let arguments = Arguments(
                inputs: inputs, outputs: operation.arguments.outputs, scratch: scratch.address)
            return withExtendedLifetime((memories, scratch)) { (kernel.name, aloneTime { kernel.run(arguments) }) }
        }
    }
}

/// Copies of the outputs that lie where inputs lie: otherwise a gradient that is overwritten in place would grow or vanish from
/// run to run.
private struct SavedOutputs {
    private let copies: [(address: UnsafeMutableRawPointer, copy: Memory, byteCount: Int)]

    init(_ operation: Code.Operation, in code: Code) {
        copies = zip(operation.node.outputs, operation.arguments.outputs).compactMap { value, address in
            guard operation.arguments.inputs.contains(address) else { return nil }
            let byteCount = code.graph[value].byteCount
            let copy = Memory(byteCount: byteCount)
            copy.address.copyMemory(from: address, byteCount: byteCount)
            return (address, copy, byteCount)
        }
    }

    func restore() {
        for (address, copy, byteCount) in copies { address.copyMemory(from: copy.address, byteCount: byteCount) }
    }
}

/// The median time of `body` in milliseconds, run many times in a row. `before` runs before each, untimed.
func aloneTime(before: () -> Void = {}, _ body: () -> Void) -> Double {
    func once() -> Double {
        before()
        let began = ContinuousClock.now
        body()
        return began.duration(to: .now).milliseconds
    }
    // The first run finds its code and data cold; it only tells how many runs are worth while.
    let runs = min(max(Int(40 / max(once(), 1e-3)), 7), 200)
    return median((0..<runs).map { _ in once() })
}
