import Datasets
import FileFormats
public import Foundation

/// The files of one example, by modality. Some modalities may be missing.
public struct MediaFiles: Hashable, Sendable {
    /// A PNG or JPEG file for an image, a sound file for audio.
    public var files: [String: URL]

    /// Files by the names of the modalities, at least one.
    public init(_ files: [String: URL]) {
        self.files = files
    }

    /// The files of an example with an image and audio, at least one of them.
    public init(image: URL? = nil, audio: URL? = nil) {
        files = [Modality.image.name: image, Modality.audio.name: audio].compactMapValues { $0 }
    }

    /// The examples that a CSV file lists: a column for each modality, in any order; other columns are ignored.
    ///
    /// A cell may be empty, and columns may be left out, but each row names at least one file. Relative paths are relative to the
    /// manifest's folder; each file's `relativePath` is as the manifest has it.
    ///
    /// - Parameters:
    ///   - manifest: a CSV file with at least one row.
    ///   - modalities: the names of the columns.
    /// - Returns: an example for each row, in their order.
    /// - Throws: `DuetError` of kind `missingInput` or `badData`, naming the lines. The files themselves are not looked at.
    public static func listed(in manifest: URL, modalities: [String] = ["image", "audio"]) throws -> [MediaFiles] {
        let table = try CSVTable(contentsOf: manifest)
        guard !Set(table.columns).isDisjoint(with: modalities) else {
            let found = table.columns.map { "'\($0)'" }.joined(separator: ", ")
            let expected = modalities.map { "'\($0)'" }.joined(separator: ", ")
            throw DuetError(
                .badData, "\(table.name): expected a column for a modality, \(expected), but the columns are \(found)")
        }
        guard !table.rows.isEmpty else {
            throw DuetError(.badData, "\(table.name) lists no examples; expected at least one line behind the header")
        }
        let folder = manifest.deletingLastPathComponent()
        let examples = table.rows.map { row in
            MediaFiles(
                modalities.reduce(into: [:]) { files, name in
                    guard let path = row[name], !path.isEmpty else { return }
                    files[name] = URL(fileURLWithPath: path, relativeTo: folder)
                })
        }
        let empty = zip(table.rows, examples).filter { $1.files.isEmpty }.map { "\($0.0.line)" }
        guard empty.isEmpty else {
            throw DuetError(
                .badData,
                "\(table.name), line \(empty.joined(separator: ", ")): no file of any modality; expected at least one")
        }
        return examples
    }
}
