import Foundation

/// What is known of a picture's or a sound's file before it is read.
enum MediaFile {
    /// The size of a regular file that may be read.
    /// - Parameters:
    ///   - url: the file, or a link to it.
    ///   - expected: what it should be, for the error's text.
    /// - Returns: its size in bytes.
    /// - Throws: `MediaError` of kind `missingInput`.
    static func size(of url: URL, expected: String) throws -> Int {
        var status = stat()
        guard stat(url.path, &status) == 0 else {
            throw MediaError(.missingInput, "\(url.path): cannot be read (\(String(cString: strerror(errno))))")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            let kind = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "a pipe or device"
            throw MediaError(.missingInput, "\(url.path): \(kind); expected \(expected)")
        }
        guard access(url.path, R_OK) == 0 else {
            throw MediaError(.missingInput, "\(url.path): cannot be read (\(String(cString: strerror(errno))))")
        }
        return Int(status.st_size)
    }
}
