/// How far fetching a dataset has come.
public struct FetchProgress: Sendable, Equatable {
    /// What the numbers count.
    public enum Unit: String, Sendable {
        /// Bytes, as of a download.
        case bytes
        /// Steps of a task that has no finer measure.
        case steps
    }

    /// What is being done, such as the name of the file that is on its way.
    public let label: String
    /// How much is done, from 0 to `total`.
    public let completed: Int
    /// How much there is to do, or nil where that is not known.
    public let total: Int?
    /// What `completed` and `total` count.
    public let unit: Unit

    /// A report that `completed` of `total` are done.
    public init(_ label: String, completed: Int, total: Int?, unit: Unit) {
        self.label = label
        self.completed = completed
        self.total = total
        self.unit = unit
    }
}
