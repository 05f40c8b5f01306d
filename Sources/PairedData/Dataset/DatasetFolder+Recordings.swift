import Foundation

extension DatasetFolder {
    /// The sound file of each labelled pair's audio, in the order of `load()`, where `duet data build` wrote it down.
    ///
    /// - Returns: nil for a pair whose audio is a variation; an empty list where the folder does not say which files it was made of.
    /// - Throws: `DataError` where the folder's `pairs_train.csv` or `pairs_test.csv` is broken.
    public func recordings() throws -> [URL?] {
        var recordings: [URL?] = []
        for side in labelledSides {
            let manifest = url.appendingPathComponent("pairs_\(side).csv")
            guard FileManager.default.fileExists(atPath: manifest.path) else { return [] }
            recordings += try CSVTable(contentsOf: manifest).rows.map { row in
                row["varied"] == "1" ? nil : row["audio"].map { URL(fileURLWithPath: $0) }
            }
        }
        return recordings
    }
}
