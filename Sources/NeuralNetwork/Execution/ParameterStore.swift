import CKernels
import COneDNN

/// A network's weights in memory while programs run on them: each in the one layout that the first program's fast
/// primitives want, with its gradient and Adam's moments beside it. All programs of one training share a store.
public final class ParameterStore {
    /// One weight array and what training keeps for it.
    final class Slot {
        /// Keras's shape, with the dimensions of space that a flattening hides.
        let shape: Shape
        let value: Tensor
        /// Gradient and moments; nil for moving statistics, and where no program trains.
        private(set) var training: (gradient: Tensor, firstMoment: Tensor, secondMoment: Tensor)?
        /// The store's version in which a backward pass has moved these weights last, if one does that.
        var versionOfBackward: Int?

        /// Whether the value lies in memory that others read, and so must stay as it is.
        let isShared: Bool

        init(shape: Shape, value: Tensor, isShared: Bool) {
            self.shape = shape
            self.value = value
            self.isShared = isShared
        }

        /// Makes room for what training keeps.
        func startTraining() -> (gradient: Tensor, firstMoment: Tensor, secondMoment: Tensor) {
            func tensor(_ suffix: String) -> Tensor {
                Tensor(value.name + suffix, value.layout, memory: Memory(byteCount: value.byteCount))
            }
            let training = (tensor(" gradient"), tensor(" m"), tensor(" v"))
            self.training = training
            return training
        }
    }

    private let initial: Parameters
    private let initialMoments: Moments?
    private var slots: [String: Slot] = [:]
    /// The arrays that the optimizer walks over, in the order in which they were asked for.
    private var trained: [(slot: Slot, arrays: kernel_adam_slot)] = []
    /// This step's Adam, for layers that take the step while they compute the gradient; nil where only the gradient is
    /// wanted.
    var adamInBackward: kernel_adam_settings?

    /// Counts the changes of the weights, so that programs know when copies in other layouts are out of date.
    private(set) var version = 0

    /// Adam's first and second moments of the trainable weights, in Keras's layout.
    public struct Moments: Equatable, Sendable {
        /// Moving averages of the gradients.
        public var first: Parameters
        /// Moving averages of their squares.
        public var second: Parameters

        /// Puts the two together.
        public init(first: Parameters, second: Parameters) {
            self.first = first
            self.second = second
        }
    }

    /// A store that starts with these weights, and with these moments if a training goes on.
    public init(_ parameters: Parameters, moments: Moments? = nil) {
        initial = parameters
        initialMoments = moments
    }

    /// The slot of a weight array. The first to ask settles its layout: `preferred`, or Keras's own. `shape` is Keras's
    /// as the primitive sees it: a kernel behind a `Flatten` has the dimensions of space that the flattening hides.
    /// A training program, `isTraining`, may change the weights, and gets a gradient and moments where they are trainable.
    func slot(
        _ name: String, shape: Shape, isTrainable: Bool, isTraining: Bool, preferred: Layout? = nil
    ) throws -> Slot {
        let slot = try slots[name] ?? newSlot(name, shape: shape, mayShare: !isTraining, preferred: preferred)
        slots[name] = slot
        if isTraining {
            precondition(!slot.isShared, "'\(name)' is shared; make the training program before the others")
            if isTrainable && slot.training == nil { try startTraining(name, slot) }
        }
        return slot
    }

    private func newSlot(_ name: String, shape: Shape, mayShare: Bool, preferred: Layout?) throws -> Slot {
        guard let entry = initial[name] else { throw NetworkError("weights '\(name)' are missing") }
        let layout = try preferred ?? .kerasWeights(shape)
        let plain = try Self.plain(entry, shape: shape)
        var isShared: Bool { if case .shared = entry.storage { true } else { false } }
        if plain.layout == layout, mayShare || !isShared { return Slot(shape: shape, value: plain, isShared: isShared) }
        let value = Tensor(name, layout, memory: Memory(byteCount: layout.byteCount))
        try Self.reorder(plain, into: value)
        return Slot(shape: shape, value: value, isShared: false)
    }

    private func startTraining(_ name: String, _ slot: Slot) throws {
        let training = slot.startTraining()
        let arrays = kernel_adam_slot(
            value: slot.value.floats.baseAddress, gradient: training.gradient.floats.baseAddress,
            first_moment: training.firstMoment.floats.baseAddress,
            second_moment: training.secondMoment.floats.baseAddress, count: slot.value.floats.count)
        trained.append((slot, arrays))
        if let moments = initialMoments, let first = moments.first[name], let second = moments.second[name] {
            try Self.reorder(Self.plain(first, shape: slot.shape), into: training.firstMoment)
            try Self.reorder(Self.plain(second, shape: slot.shape), into: training.secondMoment)
        }
    }

    /// The current weights in Keras's layout. Those that no program has asked for are as they were.
    public func parameters() throws -> Parameters {
        try read { $0.value }
    }

    /// Adam's moments in Keras's layout, zero where no step was taken.
    public func moments() throws -> Moments {
        Moments(
            first: try read(trained: true) { $0.training?.firstMoment },
            second: try read(trained: true) { $0.training?.secondMoment })
    }

    /// The gradients of the last step in Keras's layout.
    public func gradients() throws -> Parameters {
        try read(trained: true) { $0.training?.gradient }
    }

    /// Moves all weights along their gradients, but for those that the backward pass has moved. `step` counts the steps
    /// taken, this one included, from 1.
    package func update(_ adam: Adam, step: Int) {
        update(trained.filter { $0.slot.versionOfBackward != version }.map(\.arrays), adam, step: step)
    }

    private func update(_ arrays: [kernel_adam_slot], _ adam: Adam, step: Int) {
        var settings = adam.settings(step: step)
        kernel_adam(arrays, arrays.count, &settings)
        version += 1
    }

    /// What is left for the optimizer behind the backward pass: those arrays' bytes, weights, gradients and both moments
    /// together; and a step of Adam on them alone.
    func remainingUpdate() -> (byteCount: Int, run: () -> Void) {
        let arrays = trained.filter { $0.slot.versionOfBackward == nil }.map(\.arrays)
        let byteCount = arrays.reduce(0) { $0 + $1.count * 4 * MemoryLayout<Float>.stride }
        return (byteCount, { self.update(arrays, Adam(), step: 1) })
    }

    /// Reads one tensor of each slot. Weights that no program has asked for are as they were given; there is nothing to
    /// read of what training keeps for them, nor of moving statistics.
    private func read(trained: Bool = false, _ tensor: (Slot) -> Tensor?) throws -> Parameters {
        Parameters(
            try initial.entries.compactMap { entry in
                guard let slot = slots[entry.name] else { return trained ? nil : entry }
                guard let tensor = tensor(slot) else { return nil }
                let values = try reordered(tensor, to: .kerasWeights(slot.shape))
                return Parameters.Entry(name: entry.name, shape: entry.shape, values: Array(values.floats))
            })
    }

    private func reordered(_ source: Tensor, to layout: Layout) throws -> Tensor {
        let result = Tensor(source.name, layout, memory: Memory(byteCount: layout.byteCount))
        try Self.reorder(source, into: result)
        return result
    }

    /// An array as a tensor in Keras's layout: its own memory where that is shared, a copy of it otherwise.
    private static func plain(_ entry: Parameters.Entry, shape: Shape) throws -> Tensor {
        let layout = try Layout.kerasWeights(shape)
        switch entry.storage {
        case .shared(let values):
            return Tensor(entry.name, layout, memory: values.memory, offset: values.offset)
        case .array(let values):
            let copy = Tensor(entry.name, layout, memory: Memory(byteCount: layout.byteCount))
            _ = copy.floats.update(fromContentsOf: values)
            return copy
        }
    }

    /// Copies a tensor into another of the same dimensions, whatever the two layouts, once.
    static func reorder(_ source: Tensor, into destination: Tensor) throws {
        let reorder = try Primitive(
            "a copy of \(source.name)", owning: dnn_reorder(source.layout.pointer, destination.layout.pointer))
        let scratch = Memory(byteCount: try reorder.layout(dnn_scratchpad).byteCount)
        try reorder.bind(dnn_source, to: source.address)
        try reorder.bind(dnn_destination, to: destination.address)
        try reorder.bind(dnn_scratchpad, to: scratch.address)
        withExtendedLifetime(scratch) { reorder.run() }
    }
}
