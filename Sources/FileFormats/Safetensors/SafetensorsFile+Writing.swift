package import Foundation

extension SafetensorsFile {
    /// Writes the file, whole or not at all; the same content always gives the same bytes.
    ///
    /// The tensors are written as F32, in the order of their names, whatever order they have here.
    ///
    /// - Parameters:
    ///   - url: the file to write.
    ///   - overwrite: whether an existing file may be replaced.
    ///   - halved: the names of tensors that are written as F16 instead, rounded to the nearest.
    /// - Throws: `DuetError` of kind `exists` or `cannotWrite`; of kind `badData` where a value is too large for F16; of kind `internalFault` where two tensors share
    ///   a name, one has the reserved name `__metadata__`, or a shape and its values disagree.
    package func write(to url: URL, overwrite: Bool = false, halved: Set<String> = []) throws {
        let sorted = tensors.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        let json = try header(for: sorted, halved, file: url.path).json()
        guard json.count <= Self.headerLimit else {
            throw DuetError(.internalFault, "\(url.path): the metadata and names need \(json.count) bytes, too many")
        }
        try AtomicFile.write(to: url, overwrite: overwrite) { handle in
            try withUnsafeBytes(of: UInt64(json.count).littleEndian) { try handle.write($0) }
            try json.withUnsafeBytes { try handle.write($0) }
            for tensor in sorted {
                guard halved.contains(tensor.name) else {
                    try tensor.values.withUnsafeBytes { try handle.write($0) }
                    continue
                }
                let halves = tensor.values.map { Float16($0).bitPattern.littleEndian }
                try halves.withUnsafeBytes { try handle.write($0) }
            }
        }
    }

    private func header(for sorted: [NamedTensor], _ halved: Set<String>, file: String) throws -> SafetensorsHeader {
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
            let type = halved.contains(tensor.name) ? SafetensorsType.float16 : .float32
            if type == .float16, let value = tensor.values.first(where: { !Float16($0).isFinite }) {
                throw DuetError(
                    .badData, "\(file): \(tensor.name) has the value \(value), too large for a 16-bit float")
            }
            let end = offset + tensor.values.count * type.byteCount
            header.entries[tensor.name] = .init(dtype: type.rawValue, shape: tensor.shape, dataOffsets: [offset, end])
            offset = end
        }
        return header
    }
}
