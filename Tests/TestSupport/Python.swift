import Foundation

/// The Python that checks Duet's files against other libraries: `DUET_TEST_PYTHON`, else `python3`.
package enum Python {
    /// Whether that Python has a module; tests that need it are skipped, visibly, where it has not.
    package static func has(_ module: String) -> Bool {
        (try? run("import \(module)").status) == 0
    }

    /// Runs a program with arguments; returns its exit status and what it printed.
    package static func run(_ program: String, _ arguments: String...) throws -> (status: Int32, output: String) {
        try run(program, arguments)
    }

    /// Runs a program with arguments; returns its exit status and what it printed.
    package static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let python = ProcessInfo.processInfo.environment["DUET_TEST_PYTHON"] ?? "python3"
        process.arguments = [python, "-c", program] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["PYTHONUTF8": "1"]) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
