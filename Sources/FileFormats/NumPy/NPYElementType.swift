/// The numbers that a NumPy file may hold, by NumPy's own names.
package enum NPYElementType: String, Sendable, CaseIterable {
    /// Unsigned 8-bit integers.
    case uint8
    /// Unsigned 16-bit integers.
    case uint16
    /// Unsigned 32-bit integers.
    case uint32
    /// Unsigned 64-bit integers.
    case uint64
    /// Signed 8-bit integers.
    case int8
    /// Signed 16-bit integers.
    case int16
    /// Signed 32-bit integers.
    case int32
    /// Signed 64-bit integers.
    case int64
    /// IEEE half precision.
    case float16
    /// IEEE single precision.
    case float32
    /// IEEE double precision.
    case float64

    /// NumPy's type code without the byte order, such as `f4`.
    var code: String {
        let kind = isFloat ? "f" : rawValue.hasPrefix("u") ? "u" : "i"
        return "\(kind)\(size)"
    }

    /// Bytes per element.
    var size: Int {
        switch self {
        case .uint8, .int8: 1
        case .uint16, .int16, .float16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        }
    }

    var isFloat: Bool {
        switch self {
        case .float16, .float32, .float64: true
        default: false
        }
    }

    init?(code: some StringProtocol) {
        guard let match = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = match
    }
}

/// A Swift number type that Duet writes to NumPy files.
package protocol NPYElement: BitwiseCopyable, Sendable {
    /// NumPy's name for the type.
    static var npyType: NPYElementType { get }
}

extension UInt8: NPYElement {
    /// `uint8`.
    package static var npyType: NPYElementType { .uint8 }
}

extension Int16: NPYElement {
    /// `int16`.
    package static var npyType: NPYElementType { .int16 }
}

extension Int32: NPYElement {
    /// `int32`.
    package static var npyType: NPYElementType { .int32 }
}

extension Int64: NPYElement {
    /// `int64`.
    package static var npyType: NPYElementType { .int64 }
}

extension Float: NPYElement {
    /// `float32`.
    package static var npyType: NPYElementType { .float32 }
}
