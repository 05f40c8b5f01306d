package import Foundation

/// gnuplot, as another process.
package struct Gnuplot: Sendable {
    /// The executable.
    package let executable: URL
    /// Seconds after which a drawing is given up.
    package var timeout: Double = 60

    /// The gnuplot that is found on the path; nil where there is none.
    package init?(path: String = ProcessInfo.processInfo.environment["PATH"] ?? "") {
        let candidates = path.split(separator: ":").map {
            URL(fileURLWithPath: String($0)).appendingPathComponent("gnuplot")
        }
        guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }) else {
            return nil
        }
        executable = found
    }

    /// A gnuplot at a known place, given up after so many seconds.
    package init(executable: URL, timeout: Double) {
        (self.executable, self.timeout) = (executable, timeout)
    }

    /// Draws what a script says.
    /// - Parameters:
    ///   - script: the script's name.
    ///   - folder: where it lies, and where it reads and writes.
    /// - Returns: nil, or what went wrong, in words for the report.
    /// - Throws: where the folder cannot be written to.
    func draw(_ script: String, in folder: URL) throws -> String? {
        let process = Process()
        process.executableURL = executable
        process.arguments = [script]
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        // A file: a pipe that nobody empties would stop a talkative gnuplot.
        let errors = folder.appendingPathComponent("\(script).errors")
        try Data().write(to: errors)
        defer { try? FileManager.default.removeItem(at: errors) }
        process.standardError = try FileHandle(forWritingTo: errors)
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        do {
            try process.run()
        } catch {
            return "\(executable.path) cannot be started: \(error.localizedDescription)"
        }
        if ended.wait(timeout: .now() + timeout) == .timedOut {
            kill(process.processIdentifier, SIGKILL)
            ended.wait()
            return "\(script): gnuplot was stopped after \(timeout) s"
        }
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            let said = (try? String(contentsOf: errors, encoding: .utf8)) ?? ""
            let words = said.split(separator: "\n").suffix(2).joined(separator: " ")
            return "\(script): gnuplot ended with \(process.terminationStatus): \(words)"
        }
        return nil
    }
}
