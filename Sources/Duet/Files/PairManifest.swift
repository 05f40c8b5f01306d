import Foundation
import PairedData

extension MediaPair {
    /// The pairs that a CSV file lists: the columns `image` and `audio`, in any order; others are passed over.
    ///
    /// A cell may be empty, and one of the columns may be left out, but each row names at least one file. Relative paths are
    /// relative to the manifest's folder; each pair's `relativePath`s are as the file has them.
    ///
    /// - Parameter manifest: a CSV file (`CSVTable`) with at least one row.
    /// - Returns: a pair for each row, in their order.
    /// - Throws: `DataError` of kind `missingInput` or `badData`, naming the lines. The files themselves are not looked at.
    public static func pairs(listedIn manifest: URL) throws -> [MediaPair] {
        let table = try CSVTable(contentsOf: manifest)
        guard !Set(table.columns).isDisjoint(with: ["image", "audio"]) else {
            let found = table.columns.map { "'\($0)'" }.joined(separator: ", ")
            throw DataError(
                .badData, "\(table.name): expected a column 'image' or 'audio' or both, but the columns are \(found)")
        }
        guard !table.rows.isEmpty else {
            throw DataError(.badData, "\(table.name) lists no pairs; expected at least one line behind the header")
        }
        let folder = manifest.deletingLastPathComponent()
        let pairs = table.rows.map { row in
            func file(_ column: String) -> URL? {
                guard let path = row[column], !path.isEmpty else { return nil }
                return URL(fileURLWithPath: path, relativeTo: folder)
            }
            return MediaPair(image: file("image"), audio: file("audio"))
        }
        let empty = zip(table.rows, pairs).filter { $1.image == nil && $1.audio == nil }.map { "\($0.0.line)" }
        guard empty.isEmpty else {
            throw DataError(
                .badData,
                "\(table.name), line \(empty.joined(separator: ", ")): neither an image nor audio; expected at least one"
            )
        }
        return pairs
    }
}
