/// Float32 values that a description holds: an array's, or some that lie in a file's memory and are shared, not copied.
public enum FloatStorage: Sendable {
    /// Values of their own.
    case array([Float])
    /// Values that lie among others.
    case shared(SharedFloats)

    /// How many there are.
    public var count: Int { withUnsafeBufferPointer(\.count) }

    /// The values as an array, a copy where they are shared.
    public var array: [Float] {
        switch self {
        case .array(let values): values
        case .shared: withUnsafeBufferPointer(Array.init)
        }
    }

    /// Calls `body` with the values where they lie.
    public func withUnsafeBufferPointer<Result>(
        _ body: (UnsafeBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        switch self {
        case .array(let values): try values.withUnsafeBufferPointer(body)
        case .shared(let values): try withExtendedLifetime(values) { try body(values.buffer) }
        }
    }
}

extension FloatStorage: Equatable {
    /// Whether the values are equal, wherever they lie.
    public static func == (a: FloatStorage, b: FloatStorage) -> Bool {
        a.withUnsafeBufferPointer { a in b.withUnsafeBufferPointer { b in a.elementsEqual(b) } }
    }
}

/// Values in memory that has other readers too and is never written again.
public struct SharedFloats: Sendable {
    let memory: Memory
    /// Where they begin, in bytes.
    let offset: Int
    let count: Int

    /// The `count` values that lie `offset` bytes into the memory, a multiple of 4. Nobody may change them any more.
    package init(_ memory: Memory, offset: Int, count: Int) {
        precondition(offset % MemoryLayout<Float>.alignment == 0, "the values are not aligned")
        precondition(offset >= 0 && offset + count * MemoryLayout<Float>.stride <= memory.byteCount)
        self.memory = memory
        self.offset = offset
        self.count = count
    }

    /// The values, as long as the memory lives.
    fileprivate var buffer: UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(start: (memory.address + offset).assumingMemoryBound(to: Float.self), count: count)
    }
}
