/// The element types that can be read, by their names in the format. Duet itself writes F32, and F16 where asked to.
enum SafetensorsType: String, CaseIterable {
    case float64 = "F64"
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case int64 = "I64"
    case int32 = "I32"
    case uint8 = "U8"

    /// The size of one element.
    var byteCount: Int {
        switch self {
        case .float64, .int64: 8
        case .float32, .int32: 4
        case .float16, .bfloat16: 2
        case .uint8: 1
        }
    }

    /// The elements as floats, rounded to the nearest where they do not fit exactly. `bytes` may have any alignment.
    func floats(from bytes: UnsafeRawBufferPointer) -> [Float] {
        switch self {
        case .float64: Self.map(bytes) { (bits: UInt64) in Float(Double(bitPattern: bits)) }
        case .float32: Self.map(bytes) { (bits: UInt32) in Float(bitPattern: bits) }
        case .float16: Self.map(bytes) { (bits: UInt16) in Self.float(ofHalf: bits) }
        case .bfloat16: Self.map(bytes) { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
        case .int64: Self.map(bytes) { (value: Int64) in Float(value) }
        case .int32: Self.map(bytes) { (value: Int32) in Float(value) }
        case .uint8: Self.map(bytes) { (value: UInt8) in Float(value) }
        }
    }

    /// The number that a half-precision float stands for, exactly. In integers and one product, which become vectors:
    /// `Float(Float16)` is a call for each number, where the compiler may not count on the processor's instruction.
    @inline(__always)
    private static func float(ofHalf bits: UInt16) -> Float {
        let magnitude = UInt32(bits & 0x7fff) << 13
        // The exponent's bias is 15 in one format and 127 in the other. The product takes subnormals along.
        let scaled = (Float(bitPattern: magnitude) * 0x1p112).bitPattern
        // Infinity and what is no number keep the highest exponent.
        let special: UInt32 = bits & 0x7c00 == 0x7c00 ? 0x7f80_0000 : 0
        return Float(bitPattern: scaled | special | UInt32(bits & 0x8000) << 16)
    }

    @inline(__always)
    private static func map<Element: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer,
        _ float: (Element) -> Float
    ) -> [Float] {
        let size = MemoryLayout<Element>.size
        let count = bytes.count / size
        return [Float](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            for index in 0..<count {
                let element = bytes.loadUnaligned(fromByteOffset: index * size, as: Element.self)
                buffer.initializeElement(at: index, to: float(Element(littleEndian: element)))
            }
            initializedCount = count
        }
    }
}
