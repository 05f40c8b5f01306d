/// A network that cannot be: shapes that do not fit, settings out of range, names that clash.
public struct NetworkError: Error, Sendable, CustomStringConvertible {
    /// What is wrong, where, and what was expected.
    public let description: String

    /// Makes an error that reads as `description`.
    public init(_ description: String) {
        self.description = description
    }
}
