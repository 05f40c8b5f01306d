/// A network's weights in memory while they are trained, with their gradients and what the optimizer keeps for them. All
/// programs of one training share a store, and belong to one thread with it.
///
/// The trainable weights lie one behind another in the network's order, and so do their gradients and each of the optimizer's
/// arrays: a range of one is a range of all. Gradients can therefore be clipped, averaged or sent as one array.
public final class ParameterStore {
    /// Where an array lies, in values from the start of its kind.
    private struct Place {
        let shape: Shape
        let offset: Int
        let isTrainable: Bool
        var count: Int { shape.elementCount }
    }

    private let order: [String]
    private var places: [String: Place] = [:]
    /// The trainable weights, then all others.
    private let weights: Memory
    private let trainableCount: Int
    private lazy var gradientMemory = Memory(byteCount: trainableCount * MemoryLayout<Float>.stride)
    private var states: [Memory] = []

    /// Counts the changes of the weights, so that programs know when what they have computed from them is out of date.
    private(set) var version = 0

    /// Adam's first and second moments of the trainable weights.
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

    /// A store for a network's weights, which start with these values, and with these moments if a training goes on.
    /// - Throws: `NetworkError` naming the first weights that are missing or have another shape.
    public init(_ parameters: Parameters, for network: Network, moments: Moments? = nil) throws {
        let specifications = network.nodes.flatMap { node in
            node.weights.map { (name: node.parameterName($0), weight: $0) }
        }
        order = specifications.map(\.name)
        var ends = [true: 0, false: 0]
        for (name, weight) in specifications {
            places[name] = Place(
                shape: weight.shape, offset: ends[weight.isTrainable]!, isTrainable: weight.isTrainable)
            ends[weight.isTrainable]! += Self.aligned(weight.shape.elementCount)
        }
        trainableCount = ends[true]!
        weights = Memory(byteCount: (ends[true]! + ends[false]!) * MemoryLayout<Float>.stride)
        for name in order {
            guard let entry = parameters[name] else { throw NetworkError("weights '\(name)' are missing") }
            try write(entry, to: weights)
        }
        guard let moments else { return }
        for (index, parameters) in [moments.first, moments.second].enumerated() {
            for entry in parameters.entries where places[entry.name]?.isTrainable == true {
                try write(entry, to: state(index))
            }
        }
    }

    private func write(_ entry: Parameters.Entry, to memory: Memory) throws {
        let place = try place(entry.name, count: entry.shape.elementCount)
        guard place.shape == entry.shape else {
            throw NetworkError("weights '\(entry.name)' have shape \(entry.shape), but need \(place.shape)")
        }
        entry.storage.withUnsafeBufferPointer { values in
            _ = floats(memory, place).update(fromContentsOf: values)
        }
    }

    /// Arrays begin at cache lines.
    private static func aligned(_ count: Int) -> Int { (count + 15) / 16 * 16 }

    /// One of the optimizer's arrays.
    private func state(_ index: Int) -> Memory {
        while states.count <= index { states.append(Memory(byteCount: trainableCount * MemoryLayout<Float>.stride)) }
        return states[index]
    }

    private func floats(_ memory: Memory, _ place: Place) -> UnsafeMutableBufferPointer<Float> {
        let base = memory === weights && !place.isTrainable ? trainableCount : 0
        return UnsafeMutableBufferPointer(
            start: memory.address.assumingMemoryBound(to: Float.self) + base + place.offset, count: place.count)
    }

    private func place(_ name: String, count: Int) throws -> Place {
        guard let place = places[name] else { throw NetworkError("weights '\(name)' are missing") }
        guard place.count == count else {
            throw NetworkError("weights '\(name)' have \(place.count) values, but need \(count)")
        }
        return place
    }

    /// Where weights lie.
    func address(of name: String, count: Int) throws -> UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(floats(weights, try place(name, count: count)).baseAddress!)
    }

    /// Where the gradient of weights lies.
    func address(ofGradient name: String, count: Int) throws -> UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(floats(gradientMemory, try place(name, count: count)).baseAddress!)
    }

    /// Where the optimizer's array `index` for weights lies.
    func address(ofState index: Int, _ name: String, count: Int) throws -> UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(floats(state(index), try place(name, count: count)).baseAddress!)
    }

    /// All gradients of the last step, one array behind another in the network's order; zeros lie between them where one does
    /// not fill its last 16 values. What `Program.step` has used up at once is not among them.
    public var gradientArena: UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(
            start: gradientMemory.address.assumingMemoryBound(to: Float.self), count: trainableCount)
    }

    /// Moves all weights along their gradients, but for those named, which were moved already.
    func update(_ optimizer: some Optimizer, step: Int, except moved: Set<String> = [], on runtime: OptimizerRuntime) {
        for range in ranges(except: moved) {
            func part(_ memory: Memory) -> UnsafeMutableBufferPointer<Float> {
                UnsafeMutableBufferPointer(
                    start: memory.address.assumingMemoryBound(to: Float.self) + range.lowerBound, count: range.count)
            }
            optimizer.update(
                OptimizedWeights(
                    values: part(weights), gradients: UnsafeBufferPointer(part(gradientMemory)),
                    states: (0..<type(of: optimizer).stateCount).map { part(state($0)) }),
                step: step, on: runtime)
        }
        weightsWereMoved()
    }

    /// Tells programs that what they have computed from the weights alone no longer holds.
    func weightsWereMoved() { version += 1 }

    /// The trainable values, as few ranges without gaps.
    func ranges(except moved: Set<String>) -> [Range<Int>] {
        let kept = order.compactMap { name in
            places[name].flatMap { $0.isTrainable && !moved.contains(name) ? $0 : nil }
        }
        return kept.reduce(into: []) { ranges, place in
            let end = place.offset + Self.aligned(place.count)
            if let last = ranges.last, last.upperBound == place.offset {
                ranges[ranges.count - 1] = last.lowerBound..<end
            } else {
                ranges.append(place.offset..<end)
            }
        }
    }

    /// The current weights.
    public func parameters() -> Parameters { read(weights) }

    /// Adam's moments, zero where no step was taken.
    public func moments() -> Moments {
        Moments(first: read(state(0), trainable: true), second: read(state(1), trainable: true))
    }

    /// The gradients of the last step by name.
    public func gradients() -> Parameters { read(gradientMemory, trainable: true) }

    private func read(_ memory: Memory, trainable: Bool = false) -> Parameters {
        Parameters(
            order.compactMap { name in
                guard let place = places[name], place.isTrainable || !trainable else { return nil }
                return Parameters.Entry(name: name, shape: place.shape, values: Array(floats(memory, place)))
            })
    }
}
