import Foundation

/// Why data could not be read, fetched or written.
public struct DataError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong, for callers that act on it (the command turns it into its exit status).
    public enum Kind: String, Sendable, CaseIterable {
        /// A file or folder that was asked for is not there or cannot be opened.
        case missingInput
        /// A file was read, but its content is not what it should be.
        case badData
        /// A file could not be written: disk full, no permission, no such folder.
        case cannotWrite
        /// The output is already there, and overwriting it was not asked for.
        case exists
        /// The caller asked to stop.
        case interrupted
        /// A server, a package or a program that is needed cannot be reached.
        case unavailable
    }

    /// What went wrong.
    public let kind: Kind
    /// A message for the user: which file, which value, what was expected, what to do.
    public let description: String

    /// An error of the given kind, with a message for the user.
    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}

extension DataError {
    /// An error that ends in the system's own words for `code`, such as "No space left on device".
    static func system(_ kind: Kind, _ message: String, code: Int32 = errno) -> DataError {
        DataError(kind, "\(message): \(String(cString: strerror(code)))")
    }
}
