import Foundation

/// Why Duet could not do what it was asked to.
public struct DuetError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong, for callers that act on it; the command turns it into its exit code.
    public enum Kind: String, Sendable, CaseIterable {
        /// The request itself makes no sense: an unknown name, settings that contradict each other.
        case usage
        /// A file or a value was read, but is not what it should be.
        case badData
        /// A file or folder is not there or cannot be opened.
        case missingInput
        /// A file cannot be written: it exists, the disk is full, the folder is missing or forbidden.
        case cannotWrite
        /// Duet did something wrong.
        case internalFault
        /// Someone asked to stop.
        case interrupted
    }

    /// What went wrong.
    public let kind: Kind
    /// For the user: which file, which value, what was expected, what to do.
    public let message: String

    /// An error with its message.
    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// The message.
    public var description: String { message }
}

extension DuetError {
    /// An error that ends in the system's own words for `code`, such as "No space left on device".
    static func system(_ kind: Kind, _ message: String, code: Int32 = errno) -> DuetError {
        DuetError(kind, "\(message): \(String(cString: strerror(code)))")
    }
}
