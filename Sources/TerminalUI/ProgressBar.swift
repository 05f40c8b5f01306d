import Foundation

/// Shows on standard error how far a piece of work has come.
///
/// On a terminal, one line is redrawn in place, at most ten times a second:
///
///     Epoch 3/10  ━━━━━━━━━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌  62 % · 29,760/48,000 samples · 1,512/s · 12 s left · loss 0.0312
///
/// In a file, a line is written at every tenth of the work, but not more often than every five seconds. Cheap enough to
/// be told of every batch: most calls only look at the clock. Safe to use from several threads.
package final class ProgressBar: @unchecked Sendable {
    // Unchecked: `lock` guards the variables.

    private let label: String
    private let total: Int?
    private let unit: Unit
    private let terminal: Terminal
    private let isQuiet: Bool
    private let start = ContinuousClock.now
    private let lock = NSLock()
    private var nextShow: ContinuousClock.Instant
    private var meter = RateMeter()
    private var schedule = LineSchedule()
    private var isLineDrawn = false
    private var isOver = false

    /// Starts the clock; shows nothing yet.
    ///
    /// - Parameters:
    ///   - label: what is going on, such as "Epoch 3/10".
    ///   - total: how many units the work has; nil where nobody knows, as for some downloads.
    ///   - unit: what is counted.
    ///   - terminal: where to show it.
    ///   - quiet: true shows nothing at all.
    package init(
        _ label: String,
        total: Int?,
        unit: Unit,
        on terminal: Terminal = .standardError,
        quiet: Bool = false
    ) {
        self.label = label
        self.total = total
        self.unit = unit
        self.terminal = terminal
        isQuiet = quiet
        nextShow = start + Self.interval
    }

    /// A line that was left in the middle, because the work threw an error, makes room for the error's message.
    deinit {
        clear()
    }

    /// Tells that `completed` units in all are done.
    ///
    /// - Parameters:
    ///   - completed: how many units, from 0 to the total.
    ///   - note: free text for the end of the line, such as "loss 0.0312"; computed only when it is shown.
    package func update(completed: Int, note: @autoclosure () -> String = "") {
        if isQuiet { return }
        lock.withLock {
            let now = ContinuousClock.now
            guard now >= nextShow, !isOver else { return }
            nextShow = now + Self.interval
            let elapsed = (now - start) / .seconds(1)
            meter.record(completed: completed, time: elapsed)
            if terminal.allowsRedrawing {
                let line = line(completed: completed, note: note())
                // One column stays free: some terminals wrap as soon as the last one is filled.
                let text = line.bar(width: terminal.width - 1, unicode: terminal.allowsUnicode)
                terminal.write("\r" + text + Self.eraseToEnd)
                isLineDrawn = true
            } else if schedule.isDue(completed: completed, total: total, time: elapsed) {
                terminal.write(line(completed: completed, note: note()).plain(unicode: terminal.allowsUnicode) + "\n")
            }
        }
    }

    /// Ends with one line that stays: how much was done, in what time, how fast.
    ///
    /// - Parameters:
    ///   - completed: how many units were done; nil for the total.
    ///   - note: free text for the end of the line.
    package func finish(completed: Int? = nil, note: String = "") {
        lock.withLock {
            guard !isQuiet, !isOver else { return }
            isOver = true
            let elapsed = (ContinuousClock.now - start) / .seconds(1)
            let text = line(completed: completed ?? total ?? 0, note: note)
                .summary(elapsed: elapsed, unicode: terminal.allowsUnicode)
            terminal.write((isLineDrawn ? "\r" + Self.eraseToEnd : "") + text + "\n")
        }
    }

    /// Ends without a trace: the line that was redrawn is erased.
    package func clear() {
        lock.withLock {
            if isLineDrawn && !isOver { terminal.write("\r" + Self.eraseToEnd) }
            isOver = true
        }
    }

    private static let interval = Duration.milliseconds(100)

    private static let eraseToEnd = "\u{1B}[K"

    private func line(completed: Int, note: String) -> ProgressLine {
        ProgressLine(label: label, unit: unit, completed: completed, total: total, rate: meter.rate, note: note)
    }
}
