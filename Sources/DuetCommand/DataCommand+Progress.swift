import Dispatch
import Foundation
import PairedData

/// Shows how far a fetch has come on standard error, where that is a terminal; elsewhere one line per file or step.
final class DataFetchReporter: @unchecked Sendable {
    private let lock = NSLock()
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var lastLine = ""

    func report(_ progress: FetchProgress) {
        var line = progress.label
        if isTerminal, progress.unit == .bytes {
            let megabytes = String(format: "%.1f", Double(progress.completed) / 1e6)
            let total = progress.total.map { String(format: " of %.1f", Double($0) / 1e6) } ?? ""
            line += "  \(megabytes)\(total) MB"
        }
        lock.withLock {
            guard line != lastLine else { return }
            lastLine = line
            show(isTerminal ? "\r\u{1b}[K\(line)" : "\(line)\n")
        }
    }

    /// Clears the line.
    func finish() {
        if isTerminal { show("\r\u{1b}[K") }
    }

    private func show(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}

/// Turns the first Ctrl-C (or `kill`) into a flag that long work asks for; a second one ends the program as ever.
final class DataInterruption: @unchecked Sendable {
    private let lock = NSLock()
    private var hasBeenAsked = false
    private var sources: [any DispatchSourceSignal] = []

    init() {
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [weak self] in
                signal(number, SIG_DFL)
                self?.lock.withLock { self?.hasBeenAsked = true }
            }
            source.resume()
            sources.append(source)
        }
    }

    /// Whether the user wants the program to stop.
    var hasCome: Bool { lock.withLock { hasBeenAsked } }
}
