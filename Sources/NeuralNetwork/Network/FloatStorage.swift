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

/// Float32 values in memory that has other readers too and is never written again.
public struct SharedFloats: @unchecked Sendable {
    // Unchecked: a pointer into memory that nobody changes.
    private let owner: any AnyObject & Sendable
    private let values: UnsafeBufferPointer<Float>

    /// Values that stay valid and unchanged for as long as `owner` lives.
    public init(_ values: UnsafeBufferPointer<Float>, ownedBy owner: any AnyObject & Sendable) {
        self.owner = owner
        self.values = values
    }

    /// Where the values begin, as long as the owner lives.
    var address: UnsafeRawPointer? { UnsafeRawPointer(values.baseAddress) }

    /// How many there are.
    var count: Int { values.count }

    /// The values, as long as the owner lives.
    fileprivate var buffer: UnsafeBufferPointer<Float> { values }
}
