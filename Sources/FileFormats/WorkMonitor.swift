/// How far a piece of work has come.
public struct WorkProgress: Sendable, Equatable {
    /// What is being done, such as "Reading recordings" or the name of a file that is downloaded.
    public let label: String
    /// How much is done, from 0 to `total`.
    public let completed: Int
    /// How much there is to do; nil where that is not known.
    public let total: Int?
    /// What the numbers count: "examples", "files", "bytes", "steps".
    public let unit: String
}

/// The one way in which Duet reports progress and is cancelled: whatever takes long takes a monitor.
///
/// ```swift
/// let monitor = WorkMonitor(report: { print($0.label, $0.completed) }, isCancelled: { stopButton.isPressed })
/// let predictions = try classifier.predict(dataset, monitor: monitor)
/// ```
public struct WorkMonitor: Sendable {
    private let onReport: @Sendable (WorkProgress) -> Void
    private let onCancellation: @Sendable () -> Bool

    /// Ignores all reports and never cancels.
    public static let none = WorkMonitor()

    /// A monitor.
    /// - Parameters:
    ///   - report: called now and then, on any thread.
    ///   - isCancelled: asked now and then, on any thread; once it says true, the work ends with a `DuetError` of kind
    ///     `interrupted`.
    public init(
        report: @escaping @Sendable (WorkProgress) -> Void = { _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) {
        onReport = report
        onCancellation = isCancelled
    }

    /// Whether the work is to end.
    package var isCancelled: Bool { onCancellation() }

    /// Tells how far the work has come.
    package func report(_ label: String, _ completed: Int, of total: Int?, _ unit: String) {
        onReport(WorkProgress(label: label, completed: completed, total: total, unit: unit))
    }

    /// Tells how far the work has come, and ends it where that is asked for.
    package func advance(_ label: String, _ completed: Int, of total: Int?, _ unit: String) throws {
        report(label, completed, of: total, unit)
        if isCancelled { throw DuetError(.interrupted, "stopped") }
    }
}
