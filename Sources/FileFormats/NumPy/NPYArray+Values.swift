extension NPYArray {
    /// The numbers as `Float`, in C order (the last dimension runs fastest). 64-bit values are rounded to the nearest.
    package func floats() -> [Float] {
        switch elementType {
        case .uint8: values(of: UInt8.self) { Float($0) }
        case .uint16: values(of: UInt16.self) { Float($0) }
        case .uint32: values(of: UInt32.self) { Float($0) }
        case .uint64: values(of: UInt64.self) { Float($0) }
        case .int8: values(of: Int8.self) { Float($0) }
        case .int16: values(of: Int16.self) { Float($0) }
        case .int32: values(of: Int32.self) { Float($0) }
        case .int64: values(of: Int64.self) { Float($0) }
        case .float16: values(of: UInt16.self) { Float(halfPrecisionBits: $0) }
        case .float32: values(of: UInt32.self) { Float(bitPattern: $0) }
        case .float64: values(of: UInt64.self) { Float(Double(bitPattern: $0)) }
        }
    }

    /// The numbers as `Int`, in C order.
    ///
    /// - Throws: `DuetError` of kind `badData`, naming the place, when a value is not a whole number or does not fit 64 bits.
    package func integers() throws -> [Int] {
        switch elementType {
        case .uint8: values(of: UInt8.self) { Int($0) }
        case .uint16: values(of: UInt16.self) { Int($0) }
        case .uint32: values(of: UInt32.self) { Int($0) }
        case .uint64: try whole(values(of: UInt64.self) { $0 }) { Int(exactly: $0) }
        case .int8: values(of: Int8.self) { Int($0) }
        case .int16: values(of: Int16.self) { Int($0) }
        case .int32: values(of: Int32.self) { Int($0) }
        case .int64: values(of: Int64.self) { Int($0) }
        case .float16, .float32: try whole(floats()) { Int(exactly: $0) }
        case .float64: try whole(values(of: UInt64.self) { Double(bitPattern: $0) }) { Int(exactly: $0) }
        }
    }

    private func whole<Stored>(_ stored: [Stored], _ convert: (Stored) -> Int?) throws -> [Int] {
        try stored.enumerated().map { position, value in
            guard let integer = convert(value) else {
                throw DuetError(.badData, "\(name): element \(position) is \(value); expected a whole number")
            }
            return integer
        }
    }

    /// Converts every stored element, in C order and this machine's byte order. Floats come as their bit patterns.
    private func values<Stored: FixedWidthInteger, Value>(of: Stored.Type, _ convert: (Stored) -> Value) -> [Value] {
        let isSwapped = header.isBigEndian != (1.bigEndian == 1)
        let ordered = header.isFortranOrder && shape.count > 1 ? bytesInCOrder() : bytes
        return ordered.withUnsafeBytes { source in
            [Value](unsafeUninitializedCapacity: count) { target, initialized in
                for i in 0..<count {
                    let stored = source.loadUnaligned(fromByteOffset: i * MemoryLayout<Stored>.size, as: Stored.self)
                    target.initializeElement(at: i, to: convert(isSwapped ? stored.byteSwapped : stored))
                }
                initialized = count
            }
        }
    }

    /// The elements moved from Fortran order (the first dimension runs fastest) to C order.
    private func bytesInCOrder() -> [UInt8] {
        var strides: [Int] = []
        var stride = elementType.size
        for length in shape {
            strides.append(stride)
            stride *= length
        }
        var index = [Int](repeating: 0, count: shape.count)
        var offset = 0
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        for _ in 0..<count {
            result.append(contentsOf: bytes[offset..<(offset + elementType.size)])
            // Count up like a mileage meter, last dimension first, and let the offset follow.
            for d in shape.indices.reversed() {
                index[d] += 1
                offset += strides[d]
                if index[d] < shape[d] { break }
                offset -= strides[d] * shape[d]
                index[d] = 0
            }
        }
        return result
    }
}

extension Float {
    /// The value of an IEEE half-precision number. (Swift's `Float16` does not exist on every platform.)
    init(halfPrecisionBits bits: UInt16) {
        let sign = UInt32(bits & 0x8000) << 16
        let exponent = UInt32(bits >> 10) & 0x1f
        let fraction = UInt32(bits & 0x3ff)
        switch exponent {
        case 0: self = Float(sign: sign == 0 ? .plus : .minus, exponent: -24, significand: Float(fraction))
        case 31: self = Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
        default: self = Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }
}
