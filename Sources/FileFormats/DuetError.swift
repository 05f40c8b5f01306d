import Foundation

/// Why Duet could not do what it was asked to do.
public struct DuetError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of failure, for callers that act on it.
    public enum Kind: String, Sendable, CaseIterable {
        /// The request itself is wrong: an unknown name, or settings that contradict each other.
        case usage
        /// A file or a value was read, but its content is not what it should be.
        case badData
        /// A file or folder does not exist or cannot be opened.
        case missingInput
        /// A server, a package or a program that is needed cannot be reached.
        case unavailable
        /// A file cannot be written: the disk is full, or the folder is missing or not writable.
        case cannotWrite
        /// The output exists already, and overwriting it was not asked for.
        case exists
        /// An error in Duet.
        case internalFault
        /// The caller asked to stop.
        case interrupted

        /// The exit status of a command that ends with such an error, after BSD's `sysexits.h`.
        public var exitStatus: Int32 {
            switch self {
            case .usage: 64
            case .badData: 65
            case .missingInput, .unavailable: 66
            case .internalFault: 70
            case .cannotWrite, .exists: 73
            case .interrupted: 130
            }
        }
    }

    /// The kind of failure.
    public let kind: Kind
    /// A message for the user: which file, which value, what was expected, what to do.
    public let message: String

    /// An error with a message for the user.
    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// The message.
    public var description: String { message }
}

extension DuetError {
    /// An error that ends with the system's message for `code`, such as "No space left on device".
    package static func system(_ kind: Kind, _ message: String, code: Int32 = errno) -> DuetError {
        DuetError(kind, "\(message): \(String(cString: strerror(code)))")
    }
}
