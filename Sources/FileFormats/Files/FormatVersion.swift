import Foundation

/// The key `version` of the JSON that Duet writes: a file of another version is refused before anything else of it is read.
package enum FormatVersion {
    private struct Versioned: Decodable {
        let version: Int?
    }

    /// Checks a JSON object's version. One without the key counts as current.
    /// - Parameters:
    ///   - text: the file's content.
    ///   - current: the version that this code reads and writes.
    ///   - place: the file.
    ///   - remedy: what the user can do about an older version, such as "train again".
    /// - Throws: `DuetError` of kind `badData`, also where the text is not a JSON object.
    package static func check(_ text: String, current: Int, in place: String, remedy: String) throws {
        let version = try JSON.value(Versioned.self, from: text, in: place).version ?? current
        try check(version, current: current, in: place, remedy: remedy)
    }

    /// Checks a version.
    package static func check(_ version: Int, current: Int, in place: String, remedy: String) throws {
        guard version != current else { return }
        let advice =
            version > current
            ? "it was written by a newer Duet; update Duet" : "it was written by an older Duet; \(remedy)"
        throw DuetError(
            .badData, "\(place) has version \(version) of its format, but this Duet reads version \(current): \(advice)"
        )
    }
}
