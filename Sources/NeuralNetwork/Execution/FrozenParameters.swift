/// A network's weights for inference: they never change, so programs on any number of threads may read them at once.
///
/// Weights that lie in a file's memory are used where they are, all others are copied once.
public final class FrozenParameters: Sendable {
    private let arrays: [String: SharedFloats]

    /// Takes over weights.
    public init(_ parameters: Parameters) {
        arrays = Dictionary(
            uniqueKeysWithValues: parameters.entries.map { entry in
                if case .shared(let floats) = entry.storage, UInt(bitPattern: floats.address) % 16 == 0 {
                    return (entry.name, floats)
                }
                let memory = Memory(byteCount: entry.storage.count * MemoryLayout<Float>.stride)
                entry.storage.withUnsafeBufferPointer { values in
                    guard let from = values.baseAddress else { return }
                    memory.address.copyMemory(from: from, byteCount: values.count * MemoryLayout<Float>.stride)
                }
                let values = UnsafeBufferPointer(
                    start: UnsafePointer(memory.address.assumingMemoryBound(to: Float.self)), count: entry.storage.count
                )
                return (entry.name, SharedFloats(values, ownedBy: memory))
            })
    }

    /// Where an array lies.
    func address(of name: String, count: Int) throws -> UnsafeMutableRawPointer {
        guard let array = arrays[name] else { throw NetworkError("weights '\(name)' are missing") }
        guard array.count == count else {
            throw NetworkError("weights '\(name)' have \(array.count) values, but need \(count)")
        }
        guard let address = array.address else { throw NetworkError("weights '\(name)' have no values") }
        return UnsafeMutableRawPointer(mutating: address)
    }
}
