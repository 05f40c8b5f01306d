import Foundation

extension DatasetDescription {
    /// The description in a dataset folder, or nil where the folder has none.
    ///
    /// - Throws: `DataError` of kind `badData`, when the file is not JSON, lacks a key or is of a newer version.
    static func read(from folder: URL) throws -> DatasetDescription? {
        let url = folder.appendingPathComponent(fileName)
        guard FileManager.default.fileExists(atPath: url.path) else { return nil }
        let file = try InputFile(url)
        guard file.size <= 1 << 24 else {
            throw DataError(.badData, "\(url.path) is too large for a description: \(file.size) bytes")
        }
        let description: DatasetDescription
        do {
            description = try JSONDecoder().decode(DatasetDescription.self, from: Data(file.read(file.size)))
        } catch let error as DecodingError {
            throw DataError(.badData, "\(url.path) is not a dataset description: \(error.explanation)")
        }
        guard description.version <= currentVersion else {
            throw DataError(
                .badData,
                "\(url.path) has version \(description.version); this program reads up to \(currentVersion). Update it")
        }
        guard !description.classes.isEmpty else {
            throw DataError(.badData, "\(url.path) names no classes; expected their names in the order of the labels")
        }
        return description
    }

    /// Writes the description into a dataset folder.
    ///
    /// - Throws: `DataError` of kind `exists` or `cannotWrite`.
    func write(to folder: URL, overwrite: Bool = false) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(self)
        try AtomicFile.write(to: folder.appendingPathComponent(Self.fileName), overwrite: overwrite) { output in
            try output.write(data)
            try output.write("\n")
        }
    }
}

extension DecodingError {
    /// Which key is at fault and why, in one line.
    var explanation: String {
        switch self {
        case .keyNotFound(let key, _): "the key '\(key.stringValue)' is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            context.codingPath.isEmpty
                ? context.debugDescription
                : "'\(context.codingPath.map(\.stringValue).joined(separator: "."))': \(context.debugDescription)"
        @unknown default: localizedDescription
        }
    }
}
