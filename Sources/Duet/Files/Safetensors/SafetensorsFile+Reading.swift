import Foundation

extension SafetensorsFile {
    /// Reads a file, and checks it as strictly as the reference implementation does, but for two liberties of Foundation's
    /// JSON that change no meaning: a trailing comma, and 1.0 for 1.
    ///
    /// F32, F64, F16, BF16, I64, I32 and U8 tensors become floats, rounded to the nearest.
    ///
    /// - Throws: `DuetError` of kind `missingInput` where there is no readable file, `badData` where its content is wrong.
    public init(contentsOf url: URL) throws {
        let type = (try? FileManager.default.attributesOfItem(atPath: url.resolvingSymlinksInPath().path))?[.type]
        guard let type = type as? FileAttributeType else {
            throw DuetError(.missingInput, "\(url.path) does not exist or cannot be reached")
        }
        // Reading a pipe or a device might never end.
        guard type == .typeRegular else { throw DuetError(.missingInput, "\(url.path) is not a regular file") }
        try self.init(FileBytes(contentsOf: url), file: url.path)
    }

    /// Reads a file's bytes.
    ///
    /// - Parameters:
    ///   - data: the whole file.
    ///   - file: the file's name, for errors.
    /// - Throws: `DuetError` of kind `badData`.
    package init(data: Data, file: String) throws {
        try self.init(FileBytes(copying: data), file: file)
    }

    private init(_ bytes: FileBytes, file: String) throws {
        let data = bytes.all
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
            return NamedTensor(
                name: region.name, shape: region.shape, storage: bytes.floats(start..<end, type: region.type))
        }
    }
}
