import Foundation

/// Reading a picture's file into memory.
enum PictureFile {
    /// More than any picture within the limits has: 40 million pixels of four 16-bit samples, stored as they are.
    static let byteLimit = 400_000_000

    static func contents(of url: URL) throws -> Data {
        guard try MediaFile.size(of: url, expected: "a picture") <= byteLimit else {
            throw MediaError(.badData, "\(url.path): larger than \(byteLimit) bytes, too large for a picture")
        }
        do {
            return try Data(contentsOf: url)
        } catch {
            throw MediaError(.missingInput, "\(url.path): cannot be read (\(error.localizedDescription))")
        }
    }
}
