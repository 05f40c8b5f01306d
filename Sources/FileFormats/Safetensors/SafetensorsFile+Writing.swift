package import Foundation

extension SafetensorsFile {
    /// Writes the file, whole or not at all; the same content always gives the same bytes.
    ///
    /// The tensors are written as F32, in the order of their names, whatever order they have here.
    ///
    /// - Parameters:
    ///   - url: the file to write.
    ///   - overwrite: whether an existing file may be replaced.
    /// - Throws: `DuetError` of kind `exists` or `cannotWrite`; of kind `internalFault` where two tensors share
    ///   a name, one has the reserved name `__metadata__`, or a shape and its values disagree.
    package func write(to url: URL, overwrite: Bool = false) throws {
        let sorted = tensors.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        let json = try header(for: sorted, file: url.path).json()
        guard json.count <= Self.headerLimit else {
            throw DuetError(.internalFault, "\(url.path): the metadata and names need \(json.count) bytes, too many")
        }
        try AtomicFile.write(to: url, overwrite: overwrite) { handle in
            try withUnsafeBytes(of: UInt64(json.count).littleEndian) { try handle.write($0) }
            try json.withUnsafeBytes { try handle.write($0) }
            for tensor in sorted {
                try tensor.values.withUnsafeBytes { try handle.write($0) }
            }
        }
    }

    private func header(for sorted: [NamedTensor], file: String) throws -> SafetensorsHeader {
        var header = SafetensorsHeader(metadata: metadata, entries: [:])
        var offset = 0
        for tensor in sorted {
            func wrong(_ reason: String) -> DuetError {
                DuetError(.internalFault, "\(file): tensor \"\(tensor.name)\" \(reason)")
            }
            guard tensor.name != SafetensorsHeader.metadataKey else { throw wrong("has a reserved name") }
            guard header.entries[tensor.name] == nil else { throw wrong("is there twice") }
            guard NamedTensor.elementCount(of: tensor.shape) == tensor.values.count else {
                throw wrong("has the shape \(tensor.shape), but \(tensor.values.count) values")
            }
            let end = offset + tensor.values.count * SafetensorsType.float32.byteCount
            let type = SafetensorsType.float32.rawValue
            header.entries[tensor.name] = .init(dtype: type, shape: tensor.shape, dataOffsets: [offset, end])
            offset = end
        }
        return header
    }
}
