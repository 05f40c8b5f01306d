package import Foundation
import FileFormats

/// The keys of which a request must have one.
package struct APIKeys: Sendable {
    private let keys: [[UInt8]]

    /// Reads a file with a key on each line. Empty lines, and lines that begin with `#`, are left out.
    /// - Parameter url: the file.
    /// - Throws: `DuetError` of kind `missingInput` or `badData`.
    package init(contentsOf url: URL) throws {
        let text: String
        do {
            text = try String(contentsOf: url, encoding: .utf8)
        } catch {
            throw DuetError(.missingInput, "\(url.path): cannot be read (\(error.localizedDescription))")
        }
        keys = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty && !$0.hasPrefix("#") }.map { Array($0.utf8) }
        guard !keys.isEmpty else { throw DuetError(.badData, "\(url.path) has no key; expected one on each line") }
        guard let short = keys.firstIndex(where: { $0.count < 16 }) else { return }
        throw DuetError(
            .badData, "\(url.path): key \(short + 1) has \(keys[short].count) characters; expected 16 at least")
    }

    /// Whether a header `Authorization` has one of the keys. It takes as long for a wrong key as for a right one.
    /// - Parameter authorization: the header's value.
    /// - Returns: whether it is `Bearer KEY`.
    func allow(_ authorization: String?) -> Bool {
        guard let authorization, authorization.lowercased().hasPrefix("bearer ") else { return false }
        let given = Array(authorization.dropFirst(7).utf8)
        var isKnown = false
        for key in keys {
            var difference = key.count ^ given.count
            for (place, byte) in key.enumerated() { difference |= Int(byte ^ (place < given.count ? given[place] : 0)) }
            if difference == 0 { isKnown = true }
        }
        return isKnown
    }
}
