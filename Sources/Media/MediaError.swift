/// A picture or sound that cannot be used, and why.
public struct MediaError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong, for callers that act on it.
    public enum Kind: Sendable {
        /// The file is not there or cannot be opened, or the library that decodes it is not on this machine.
        case missingInput
        /// The file was read, but its content is broken or of a kind that Duet does not take.
        case badData
    }

    /// What went wrong.
    public let kind: Kind
    /// A sentence for the user: which file, what is wrong with it, what was expected.
    public let description: String

    /// An error of the given kind, with a message for the user.
    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}

extension MediaError {
    /// `problem` is what `late_library_load` says.
    init(missingLibrary problem: UnsafePointer<CChar>?, for name: String) {
        self.init(.missingInput, "\(name): \(problem.map { String(cString: $0) } ?? "a library is missing")")
    }
}
