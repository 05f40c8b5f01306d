import Foundation
import Testing
import TestSupport

/// What a finished `duet` leaves behind: its exit status and all that it printed.
struct Outcome: Equatable {
    let status: Int32
    let output: String
    let errors: String

    /// Its standard output as a JSON object.
    func json() throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    }
}

/// The real executable as a real process.
final class DuetProcess {
    private let process = Process()
    private let ended = DispatchSemaphore(value: 0)
    private let streams: URL

    /// The executable lies in the build folder, above or beside the test bundle.
    private static let executable: URL? = {
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments[0]
        var folder = URL(fileURLWithPath: bundle).deletingLastPathComponent()
        while folder.path != "/" {
            let candidate = folder.appendingPathComponent("duet")
            if FileManager.default.isExecutableFile(atPath: candidate.path), !candidate.hasDirectoryPath {
                return candidate
            }
            folder.deleteLastPathComponent()
        }
        return nil
    }()

    /// Starts `duet` in a folder. Its output goes to files, which never fill up as a pipe does.
    init(_ arguments: [String], in folder: URL, environment: [String: String] = [:]) throws {
        streams = FileManager.default.temporaryDirectory.appendingPathComponent("duet-output-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: streams, withIntermediateDirectories: true)
        let executable: URL = try #require(Self.executable, "no duet beside \(CommandLine.arguments[0])")
        process.executableURL = executable
        process.arguments = arguments
        process.currentDirectoryURL = folder
        var variables = ProcessInfo.processInfo.environment
        for name in ["NO_COLOR", "CLICOLOR_FORCE", "LC_CTYPE", "LANG", "COLUMNS"] { variables[name] = nil }
        process.environment = variables.merging(["LC_ALL": "C.UTF-8"]) { $1 }.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try Self.newFile(streams.appendingPathComponent("stdout"))
        process.standardError = try Self.newFile(streams.appendingPathComponent("stderr"))
        process.terminationHandler = { [ended] _ in ended.signal() }
        try Self.withSignals { try process.run() }
    }

    /// Lets a child be reached by Ctrl-C: it inherits what the starting thread blocks, which for Dispatch's is nearly
    /// everything, and what the test process ignores, as one in the background does.
    private static func withSignals(_ body: () throws -> Void) rethrows {
        signal(SIGINT, SIG_DFL)
        var (none, previous) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
        try body()
    }

    private static func newFile(_ url: URL) throws -> FileHandle {
        try Data().write(to: url)
        return try FileHandle(forWritingTo: url)
    }

    deinit {
        if process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            ended.wait()
        }
        try? FileManager.default.removeItem(at: streams)
    }

    /// Whether it still runs.
    var isRunning: Bool { process.isRunning }

    /// Sends a signal.
    func send(_ signal: Int32) {
        kill(process.processIdentifier, signal)
    }

    /// What it has printed so far.
    func outputSoFar() throws -> String { try read("stdout") }

    /// Waits for the end; a process that hangs is killed, and the test fails.
    func wait(seconds: Double = 120) throws -> Outcome {
        if ended.wait(timeout: .now() + seconds) == .timedOut {
            kill(process.processIdentifier, SIGKILL)
            ended.wait()
            ended.signal()
            Issue.record("duet \(process.arguments?.joined(separator: " ") ?? "") ran longer than \(seconds) s")
        }
        let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        return Outcome(status: status, output: try read("stdout"), errors: try read("stderr"))
    }

    private func read(_ stream: String) throws -> String {
        String(decoding: try Data(contentsOf: streams.appendingPathComponent(stream)), as: UTF8.self)
    }
}
