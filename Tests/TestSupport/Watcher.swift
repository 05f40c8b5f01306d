package import FileFormats
import Foundation

/// Keeps what a monitor is told, and cancels when a test wants it to.
package final class Watcher: @unchecked Sendable {
    // Unchecked: work reports from any thread; `lock` guards the variables.
    private let lock = NSLock()
    private var all: [WorkProgress] = []
    private var questions = 0
    private let cancels: (_ reports: [WorkProgress], _ questions: Int) -> Bool

    /// - Parameter cancels: whether to cancel, after these reports and so many questions.
    package init(cancels: @escaping (_ reports: [WorkProgress], _ questions: Int) -> Bool = { _, _ in false }) {
        self.cancels = cancels
    }

    /// Every report so far.
    package var reports: [WorkProgress] { lock.withLock { all } }

    package var monitor: WorkMonitor {
        WorkMonitor(
            report: { report in self.lock.withLock { self.all.append(report) } },
            isCancelled: {
                self.lock.withLock {
                    self.questions += 1
                    return self.cancels(self.all, self.questions)
                }
            })
    }
}

extension WorkMonitor {
    /// Cancels at once.
    package static let cancelled = WorkMonitor(isCancelled: { true })
}
