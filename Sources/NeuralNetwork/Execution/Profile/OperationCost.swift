import COneDNN

/// What an operation costs when nothing else runs.
struct OperationCost {
    /// What stands for our own loops.
    static let ownImplementation = "Duet"

    /// What ran.
    var implementation = ownImplementation
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
    init(bytes: Int, _ body: () -> Void) {
        self.bytes = Double(bytes)
        aloneMilliseconds = aloneTime(body)
        floor = (aloneMilliseconds, Self.ownImplementation)
    }

    /// Times an operation on the data that its tensors hold, in place. Afterwards they hold what one run leaves.
    init(_ operation: Operation) throws {
        let overwritten = operation.reads.filter { read in operation.writes.contains { $0 === read } }
        let saved = overwritten.map { Memory(copying: $0) }
        aloneMilliseconds = aloneTime(
            before: {
                // Otherwise a gradient that is overwritten in place would grow or vanish from run to run.
                for (tensor, copy) in zip(overwritten, saved) {
                    tensor.address?.copyMemory(from: copy.address, byteCount: tensor.byteCount)
                }
            }, operation.run)
        flops = operation.flops
        switch operation.body {
        case .kernel:
            bytes = Double((operation.reads + operation.writes).reduce(0) { $0 + $1.byteCount })
            floor = (aloneMilliseconds, Self.ownImplementation)
        case .primitive(let primitive, let arguments):
            bytes = Double(arguments.reduce(0) { $0 + ($1.0 == dnn_scratchpad ? 0 : $1.1.byteCount) })
            implementation = primitive.implementation
            // A step whose layers agree on their layouts needs no reorders.
            if operation.isReorder { return }
            floor = try
                ([primitive.implementation: aloneMilliseconds].merging(
                    Self.alternatives(to: primitive, arguments, reads: operation.reads), uniquingKeysWith: min
                )
                .map { (milliseconds: $0.value, implementation: $0.key) }).min { $0.milliseconds < $1.milliseconds }
        }
    }

    /// The milliseconds of each implementation that oneDNN has for this.
    private static func alternatives(
        to primitive: Primitive, _ arguments: [(dnn_argument, Tensor)], reads: [Tensor]
    ) throws -> [String: Double] {
        let times = try primitive.alternatives().map { alternative in
            var memories: [Memory] = []
            for (argument, tensor) in arguments where argument != dnn_scratchpad {
                let layout = try alternative.layout(argument)
                let memory = Memory(byteCount: layout.byteCount)
                memories.append(memory)
                if reads.contains(where: { $0 === tensor }) {
                    // Some layouts are oneDNN's secret: it does not copy into them. Those stay zero, which takes as long.
                    try? ParameterStore.reorder(tensor, into: Tensor(tensor.name, layout, memory: memory))
                }
                try alternative.bind(argument, to: memory.address)
            }
            return withExtendedLifetime(memories) { (alternative.implementation, aloneTime(alternative.run)) }
        }
        return Dictionary(times, uniquingKeysWith: min)
    }
}

extension Operation {
    /// Whether this only brings a tensor into another layout.
    fileprivate var isReorder: Bool { name.hasSuffix(" reorder") }
}

extension Memory {
    /// What a tensor holds at the moment.
    fileprivate convenience init(copying tensor: Tensor) {
        self.init(byteCount: tensor.byteCount)
        if let source = tensor.address { address.copyMemory(from: source, byteCount: tensor.byteCount) }
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
