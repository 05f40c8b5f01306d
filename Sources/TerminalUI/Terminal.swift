import Foundation

/// What can be shown on one of the process's output streams.
package struct Terminal: Sendable {
    /// The file descriptor that is written to.
    package let fileDescriptor: Int32
    /// Whether a person watches: the stream is a terminal, not a file or a pipe.
    package let isTerminal: Bool
    /// Whether a line can be redrawn in place: a terminal that is not `TERM=dumb`.
    package let allowsRedrawing: Bool
    /// Whether text may carry colours and weights.
    package let allowsColor: Bool
    /// Whether the locale can show characters beyond ASCII.
    package let allowsUnicode: Bool
    /// The width in columns that `COLUMNS` asks for, if it does.
    private let requestedWidth: Int?

    /// The process's standard output.
    package static var standardOutput: Terminal { Terminal(fileDescriptor: STDOUT_FILENO) }

    /// The process's standard error.
    package static var standardError: Terminal { Terminal(fileDescriptor: STDERR_FILENO) }

    /// Looks at a stream and at the environment.
    ///
    /// Colours follow the usual variables: `NO_COLOR` forbids them, `CLICOLOR_FORCE` asks for them even in a file, and
    /// otherwise a terminal has them unless `TERM` is `dumb` or unset. Unicode follows `LC_ALL`, `LC_CTYPE`, `LANG`.
    ///
    /// - Parameters:
    ///   - fileDescriptor: an open descriptor; one that is closed counts as no terminal.
    ///   - environment: the environment variables.
    package init(fileDescriptor: Int32, environment: [String: String] = ProcessInfo.processInfo.environment) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

        self.fileDescriptor = fileDescriptor
        isTerminal = isatty(fileDescriptor) == 1
        allowsRedrawing = isTerminal && value("TERM").map { $0 != "dumb" } ?? false

        let forced = value("CLICOLOR_FORCE").map { $0 != "0" } ?? false
        allowsColor = value("NO_COLOR") == nil && (forced || allowsRedrawing)

        let locale = (value("LC_ALL") ?? value("LC_CTYPE") ?? value("LANG") ?? "").lowercased()
        allowsUnicode = locale.contains("utf-8") || locale.contains("utf8")

        requestedWidth = value("COLUMNS").flatMap(Int.init).flatMap { (1...10_000).contains($0) ? $0 : nil }
    }

    /// The width in columns, asked anew each time, since windows change: `COLUMNS`, else the window's, else 80.
    package var width: Int {
        if let requestedWidth { return requestedWidth }
        var size = winsize()
        guard ioctl(fileDescriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Writes text as it is, all of it.
    ///
    /// A stream that is gone (a closed pipe, a full disk) is no reason to stop the work that reports to it: the rest of
    /// the text is dropped.
    func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while let start = rest.baseAddress, !rest.isEmpty {
                let count = Foundation.write(fileDescriptor, start, rest.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }
}
