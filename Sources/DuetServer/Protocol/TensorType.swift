import Foundation

/// The protocol's types of numbers, and how they lie in memory, little end first.
enum TensorType: String, CaseIterable {
    case bool = "BOOL"
    case uint8 = "UINT8"
    case uint16 = "UINT16"
    case uint32 = "UINT32"
    case uint64 = "UINT64"
    case int8 = "INT8"
    case int16 = "INT16"
    case int32 = "INT32"
    case int64 = "INT64"
    case float16 = "FP16"
    case bfloat16 = "BF16"
    case float32 = "FP32"
    case float64 = "FP64"

    /// Bytes for each value.
    var size: Int {
        switch self {
        case .bool, .uint8, .int8: 1
        case .uint16, .int16, .float16, .bfloat16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        }
    }

    /// Values that lie in memory, as the models take them.
    /// - Parameter bytes: a whole number of values.
    /// - Returns: as many numbers.
    func floats(_ bytes: UnsafeRawBufferPointer) -> [Float] {
        switch self {
        case .bool: bytes.map { $0 == 0 ? 0 : 1 }
        case .uint8: bytes.map { Float($0) }
        case .int8: bytes.map { Float(Int8(bitPattern: $0)) }
        case .uint16: integers(bytes, UInt16.self)
        case .int16: integers(bytes, Int16.self)
        case .uint32: integers(bytes, UInt32.self)
        case .int32: integers(bytes, Int32.self)
        case .uint64: integers(bytes, UInt64.self)
        case .int64: integers(bytes, Int64.self)
        case .float16: values(bytes, UInt16.self).map { Float(Float16(bitPattern: $0)) }
        case .bfloat16: values(bytes, UInt16.self).map { Float(bitPattern: UInt32($0) << 16) }
        case .float32: values(bytes, UInt32.self).map { Float(bitPattern: $0) }
        case .float64: values(bytes, UInt64.self).map { Float(Double(bitPattern: $0)) }
        }
    }

    private func integers<Value: FixedWidthInteger>(_ bytes: UnsafeRawBufferPointer, _ type: Value.Type) -> [Float] {
        values(bytes, type).map { Float($0) }
    }

    /// Clients' bytes may begin anywhere.
    private func values<Value: FixedWidthInteger>(_ bytes: UnsafeRawBufferPointer, _ type: Value.Type) -> [Value] {
        (0..<(bytes.count / MemoryLayout<Value>.size)).map {
            Value(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Value>.size, as: Value.self))
        }
    }
}
