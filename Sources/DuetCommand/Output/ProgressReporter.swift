import Duet
import FileFormats
import Foundation
import TerminalUI

/// Shows how far a command is: a bar for each piece of its work, and a line for each of its steps. Ctrl-C cancels.
final class ProgressReporter: @unchecked Sendable {
    // Unchecked: work reports from any thread; `lock` guards the variables.
    private let lock = NSLock()
    private let isQuiet: Bool
    private var label = ""
    private var bar: ProgressBar?

    init(quiet: Bool) {
        isQuiet = quiet
    }

    /// What the library tells of its progress.
    var monitor: WorkMonitor {
        WorkMonitor(report: { self.show($0) }, isCancelled: { Interruption.requested })
    }

    /// Does some work and erases the bar.
    /// - Parameters:
    ///   - messageWhenStopped: what to say after Ctrl-C, where the work itself has no more to say than that.
    ///   - work: what takes a monitor.
    /// - Returns: the work's result.
    /// - Throws: what `work` throws.
    func run<Result>(
        whenStopped messageWhenStopped: String = "stopped; nothing was written",
        _ work: (WorkMonitor) throws -> Result
    ) throws -> Result {
        defer { clear() }
        do {
            return try work(monitor)
        } catch let error as DuetError where error == DuetError(.interrupted, "stopped") {
            throw DuetError(.interrupted, messageWhenStopped)
        }
    }

    /// Says what is missing in a result.
    func warn(_ note: String) {
        say(Style(for: .standardError).yellow("warning:") + " " + note)
    }

    /// Says something on standard error.
    func say(_ text: String) {
        guard !isQuiet else { return }
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    private func show(_ progress: WorkProgress) {
        lock.withLock {
            if label != progress.label { begin(progress) }
            bar?.update(completed: progress.completed)
        }
    }

    private func begin(_ progress: WorkProgress) {
        label = progress.label
        bar?.clear()
        bar = nil
        switch progress.unit {
        case "steps": say(label)
        case "seconds": bar = ProgressBar(label, total: progress.total, unit: .seconds, quiet: isQuiet)
        case "bytes": bar = ProgressBar(label, total: progress.total, unit: .bytes, quiet: isQuiet)
        default: bar = ProgressBar(label, total: progress.total, unit: .things(progress.unit), quiet: isQuiet)
        }
    }

    private func clear() {
        lock.withLock {
            bar?.clear()
            (bar, label) = (nil, "")
        }
    }
}
