import FileFormats
public import Foundation

/// A record on Zenodo, or on a server that speaks like it: a list of files with sizes and checksums.
public struct ZenodoRecord: Sendable {
    /// One file of the record.
    struct File: Sendable, Equatable {
        var name: String
        var size: Int
        /// In lower-case hexadecimal.
        var md5: String
        var url: URL
    }

    let files: [File]

    /// The record of "Written and spoken digits database for multimodal learning".
    public static let writtenSpokenDigits = 4_452_953
    /// Where Zenodo is.
    public static let zenodo = URL(string: "https://zenodo.org") ?? URL(fileURLWithPath: "/")

    /// Reads a record's JSON, as `GET /api/records/…` answers it. Of each file it takes `key`, `size`, `checksum` and
    /// `links.self`; everything else in it is passed over.
    ///
    /// - Throws: `DuetError` of kind `badData`, naming the key that is missing or wrong.
    init(json: Data, name: String) throws {
        let answer: Answer
        do {
            answer = try JSONDecoder().decode(Answer.self, from: json)
        } catch {
            let reason = (error as? DecodingError)?.explanation ?? error.localizedDescription
            throw DuetError(.badData, "\(name) is not a Zenodo record: \(reason)")
        }
        files = try answer.files.map { file in
            // The name becomes a path on this machine: it must not lead out of the folder, nor hide.
            guard !file.key.isEmpty, !file.key.hasPrefix("."), !file.key.contains("/"), !file.key.contains("\0") else {
                throw DuetError(.badData, "\(name): '\(file.key)' cannot be used as a file name")
            }
            let checksum = file.checksum.split(separator: ":", maxSplits: 1).map { $0.lowercased() }
            func wrong(_ key: String, _ value: String, expected: String) -> DuetError {
                DuetError(.badData, "\(name): '\(file.key)' has the \(key) '\(value)'; expected \(expected)")
            }
            guard checksum.count == 2, checksum[0] == "md5", checksum[1].count == 32 else {
                throw wrong("checksum", file.checksum, expected: "'md5:' and 32 hexadecimal digits")
            }
            guard let url = URL(string: file.links.own), ["http", "https"].contains(url.scheme) else {
                throw wrong("link", file.links.own, expected: "http(s)://…")
            }
            guard file.size >= 0 else { throw wrong("size", "\(file.size)", expected: "a number of bytes") }
            return File(name: file.key, size: file.size, md5: checksum[1], url: url)
        }
    }

    private struct Answer: Decodable {
        var files: [Entry]

        struct Entry: Decodable {
            var key: String
            var size: Int
            var checksum: String
            var links: Links
        }

        struct Links: Decodable {
            var own: String

            enum CodingKeys: String, CodingKey { case own = "self" }
        }
    }
}
