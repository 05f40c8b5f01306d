import COneDNN

/// Collects a program's operations while the layers are compiled, first forward, then backward.
final class ProgramBuilder {
    let batchSize: Int
    let isTraining: Bool
    let precision: Precision
    let store: ParameterStore
    /// The share of examples of which one input of a concatenation is taken away in training.
    let modalityDropout: Float
    /// Whether layers may run on Duet's own kernels where it has better ones than oneDNN.
    let usesOwnKernels: Bool
    /// The key of this step's dropout; the layers' own keys are mixed into it.
    let dropoutKey = DropoutKey()

    /// Copies of weights in other layouts than the store's, remade whenever the weights have changed.
    private(set) var preparation: [Operation] = []
    /// Everything else, in order.
    private(set) var operations: [Operation] = []

    init(
        batchSize: Int, isTraining: Bool, precision: Precision, store: ParameterStore, modalityDropout: Float = 0,
        usesOwnKernels: Bool = true
    ) {
        self.batchSize = batchSize
        self.isTraining = isTraining
        self.precision = precision
        self.store = store
        self.modalityDropout = modalityDropout
        self.usesOwnKernels = usesOwnKernels && dnn_has_avx512()
    }

    /// Adds a primitive. Its scratch memory is added to its arguments.
    func emit(
        _ name: String, _ primitive: Primitive, flops: Double = 0, reads: [(dnn_argument, Tensor)],
        writes: [(dnn_argument, Tensor)]
    ) throws {
        operations.append(try operation(name, primitive, flops: flops, reads: reads, writes: writes))
    }

    /// Adds a loop of our own.
    func emit(
        _ name: String, flops: Double = 0, reads: [Tensor], writes: [Tensor], _ kernel: @escaping () -> Void
    ) {
        operations.append(Operation(name: name, body: .kernel(kernel), reads: reads, writes: writes, flops: flops))
    }

    /// Adds a loop of our own that has to run only when the weights have changed.
    func prepare(_ name: String, reads: [Tensor], writes: [Tensor], _ kernel: @escaping () -> Void) {
        preparation.append(Operation(name: name, body: .kernel(kernel), reads: reads, writes: writes))
    }

    /// A node's weight array, seen with `shape` (its own unless said otherwise).
    func slot(
        _ weight: WeightSpecification, of node: Network.Node, shape: Shape? = nil, preferred: Layout? = nil
    ) throws -> ParameterStore.Slot {
        try store.slot(
            node.parameterName(weight), shape: shape ?? weight.shape, isTrainable: weight.isTrainable,
            isTraining: isTraining, preferred: preferred)
    }

    /// A view of an activation in the layout and the element type that a primitive wants: the tensor itself, or a copy.
    func reordered(_ tensor: Tensor, to layout: Layout, for name: String) throws -> Tensor {
        if tensor.layout == layout { return tensor }
        let copy = Tensor("\(tensor.name) for \(name)", layout)
        (copy.isRectified, copy.hasReLUMask) = (tensor.isRectified, tensor.hasReLUMask)
        try emitReorder(tensor, into: copy)
        return copy
    }

    /// A view of a weight array in the layout and the element type that a primitive wants: the store's own, or a copy
    /// that is remade when the weights change.
    func weights(_ slot: ParameterStore.Slot, in layout: Layout) throws -> Tensor {
        if slot.value.layout == layout { return slot.value }
        let copy = Tensor(
            "\(slot.value.name) copy", layout, memory: Memory(byteCount: layout.byteCount))
        preparation.append(try reorder(slot.value, into: copy))
        return copy
    }

    /// Adds a primitive that writes a weight gradient, and brings the gradient into the store's layout if need be.
    func emit(
        _ name: String, _ primitive: Primitive, flops: Double = 0, reads: [(dnn_argument, Tensor)],
        gradient: (dnn_argument, Tensor), others: [(dnn_argument, Tensor)]
    ) throws {
        let layout = try primitive.layout(gradient.0)
        let isDirect = layout == gradient.1.layout
        let result = isDirect ? gradient.1 : Tensor("\(gradient.1.name) copy", layout)
        try emit(name, primitive, flops: flops, reads: reads, writes: [(gradient.0, result)] + others)
        if !isDirect { try emitReorder(result, into: gradient.1) }
    }

    /// Copies a tensor into another of the same dimensions, whatever the two layouts and element types.
    func emitReorder(_ source: Tensor, into destination: Tensor) throws {
        // A primitive takes longer to make than a small copy.
        if source.layout == destination.layout {
            emit("\(source.name) reorder", reads: [source], writes: [destination]) {
                guard let from = source.address else { return }
                destination.address?.copyMemory(from: from, byteCount: source.byteCount)
            }
            return
        }
        operations.append(try reorder(source, into: destination))
    }

    private func reorder(_ source: Tensor, into destination: Tensor) throws -> Operation {
        let primitive = try Primitive(
            "a reorder of \(source.name)", owning: dnn_reorder(source.layout.pointer, destination.layout.pointer))
        return try operation(
            "\(source.name) reorder", primitive, reads: [(dnn_source, source)],
            writes: [(dnn_destination, destination)])
    }

    private func operation(
        _ name: String, _ primitive: Primitive, flops: Double = 0, reads: [(dnn_argument, Tensor)],
        writes: [(dnn_argument, Tensor)]
    ) throws -> Operation {
        let scratchLayout = try primitive.layout(dnn_scratchpad)
        let scratch =
            scratchLayout.byteCount > 0 ? [(dnn_scratchpad, Tensor("\(name) scratch", scratchLayout))] : []
        return Operation(
            name: name, body: .primitive(primitive, reads + writes + scratch), reads: reads.map(\.1),
            writes: (writes + scratch).map(\.1), flops: flops)
    }
}

/// Which elements this step's dropouts drop.
final class DropoutKey {
    /// Changes with every step.
    var step: UInt64 = 0

    /// The key of one layer in this step: SplitMix64's mixing (Steele, Lea & Flood 2014) of both numbers.
    func key(layer: UInt64) -> UInt64 {
        Self.mixed(step &* 0x9E37_79B9_7F4A_7C15 &+ layer &* 0xD1B5_4A32_D192_ED03)
    }

    /// What stands for a layer in its keys: FNV-1a of its name, so that what is dropped there does not depend on what
    /// else is in the network.
    static func layer(named name: String) -> UInt64 {
        name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
