package import Foundation

extension SafetensorsFile {
    /// Reads a file, and checks it as strictly as the reference implementation does, but for two liberties of Foundation's
    /// JSON that change no meaning: a trailing comma, and 1.0 for 1.
    ///
    /// F32, F64, F16, BF16, I64, I32 and U8 tensors become floats, rounded to the nearest.
    ///
    /// - Parameters:
    ///   - url: the file.
    ///   - isCopied: whether its values are copied, so that it may be cut short later.
    /// - Throws: `DuetError` of kind `missingInput` where there is no readable file, `badData` where its content is wrong.
    package init(contentsOf url: URL, isCopied: Bool = false) throws {
        let mapped = try MappedFile(url, isReadWhole: true, isCopied: isCopied)
        try self.init(mapped.bytes, file: url.path) { range, type in
            if type == .float32, let values = MappedFloats(mapped, range) { return .mapped(values) }
            return .array(type.floats(from: UnsafeRawBufferPointer(rebasing: mapped.bytes[range])))
        }
    }

    /// Reads a file's bytes.
    ///
    /// - Parameters:
    ///   - data: the whole file.
    ///   - file: the file's name, for errors.
    /// - Throws: `DuetError` of kind `badData`.
    package init(data: Data, file: String) throws {
        self = try data.withUnsafeBytes { bytes in
            try Self(bytes, file: file) { .array($1.floats(from: UnsafeRawBufferPointer(rebasing: bytes[$0]))) }
        }
    }

    private init(
        _ data: UnsafeRawBufferPointer, file: String,
        storage: (_ range: Range<Int>, _ type: SafetensorsType) -> NamedTensor.Storage
    ) throws {
        guard data.count >= 8 else {
            throw DuetError(.badData, "\(file) is not a safetensors file: it has only \(data.count) bytes")
        }
        let length = UInt64(littleEndian: data.loadUnaligned(as: UInt64.self))
        guard let headerCount = Int(exactly: length), headerCount <= Self.headerLimit else {
            let size = "its header would have \(length) bytes, at most \(Self.headerLimit) are allowed"
            throw DuetError(.badData, "\(file) is not a safetensors file: \(size)")
        }
        let (json, values) = (data.dropFirst(8).prefix(headerCount), data.dropFirst(8 + headerCount))
        guard json.count == headerCount else {
            let announced = "its header has \(headerCount) bytes, but only \(json.count) are there"
            throw DuetError(.badData, "\(file) is cut short or no safetensors file: \(announced)")
        }
        let header = try SafetensorsHeader(json: Data(json), file: file)
        let regions = try SafetensorsRegion.regions(of: header, valueBytes: values.count, file: file)
        metadata = header.metadata
        tensors = regions.map { region in
            let (start, end) = (
                region.bytes.lowerBound + values.startIndex, region.bytes.upperBound + values.startIndex
            )
            return NamedTensor(name: region.name, shape: region.shape, storage: storage(start..<end, region.type))
        }
    }
}
