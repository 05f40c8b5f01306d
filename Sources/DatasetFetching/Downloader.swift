import FileFormats
import Foundation

/// Downloads files of known size and checksum, going on where an earlier attempt broke off.
struct Downloader {
    /// How often to try again when the connection breaks without a byte of progress.
    var retries = 3
    /// Seconds before the first new attempt; each further one waits twice as long.
    var retryDelay = 1.0
    /// Seconds without a byte after which a connection counts as broken.
    var stallSeconds = 60.0
    var monitor = WorkMonitor.none

    /// Brings `file` into `folder`, by way of `NAME.part`, which stays when the download breaks off.
    ///
    /// A file of that name with the right checksum is kept as it is.
    ///
    /// - Throws: `DuetError` of kind `unavailable`, `badData` (wrong checksum; the part is removed), `exists`, `cannotWrite` or
    ///   `interrupted`.
    func fetch(_ file: ZenodoRecord.File, into folder: URL, overwrite: Bool) throws {
        let target = folder.appendingPathComponent(file.name)
        if FileManager.default.fileExists(atPath: target.path) {
            if try InputFile(target).size == file.size, try FileDigest.md5(of: target) == file.md5 { return }
            guard overwrite else {
                throw DuetError(
                    .exists,
                    "\(target.path) exists and differs from the file on the server; choose another folder or ask to "
                        + "overwrite it (--force)")
            }
        }
        let part = folder.appendingPathComponent(file.name + ".part")
        try download(file.url, to: part, name: file.name, size: file.size)
        try verify(part, is: file)
        guard rename(part.path, target.path) == 0 else {
            throw DuetError.system(.cannotWrite, "\(target.path) cannot be put in place")
        }
        AtomicFile.synchronizeFolder(folder)
    }

    /// Brings a small document of unknown size, such as a record's JSON.
    func document(_ url: URL) throws -> Data {
        let way = FileManager.default.temporaryDirectory.appendingPathComponent("duet-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: way) }
        try download(url, to: way, name: url.absoluteString, size: nil)
        let file = try InputFile(way)
        return try Data(file.read(file.size))
    }

    private func verify(_ part: URL, is file: ZenodoRecord.File) throws {
        let size = try InputFile(part).size
        let md5 = try FileDigest.md5(of: part)
        guard size == file.size, md5 == file.md5 else {
            try? FileManager.default.removeItem(at: part)
            throw DuetError(
                .badData,
                "\(file.name) arrived with \(size) bytes and MD5 \(md5); expected \(file.size) bytes and \(file.md5). "
                    + "The download was thrown away; try again")
        }
    }

    private func download(_ url: URL, to part: URL, name: String, size: Int?) throws {
        let descriptor = open(part.path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw DuetError.system(.cannotWrite, "\(part.path) cannot be written") }
        defer { close(descriptor) }
        var attempts = 0
        while true {
            var offset = Int(lseek(descriptor, 0, SEEK_END))
            if let size, offset > size {
                // Longer than the file can be: not its beginning.
                ftruncate(descriptor, 0)
                offset = Int(lseek(descriptor, 0, SEEK_SET))
            }
            if let size, offset == size { break }
            let transfer = Transfer(
                AtomicFile.Output(name: part.path, descriptor: descriptor), offset: offset, sizeLimit: size ?? 1 << 24)
            let outcome = try transfer.run(
                url, stallSeconds: stallSeconds,
                progress: { monitor.report(name, $0, of: size, "bytes") },
                isCancelled: { monitor.isCancelled })
            if transfer.bytesWritten > offset { attempts = 0 }
            guard let problem = try problem(outcome, url: url, part: part, name: name, expected: size) else { break }
            attempts += 1
            guard attempts <= retries else { throw problem }
            try pause(seconds: retryDelay * Double(1 << (attempts - 1)), name: name, part: part)
        }
        guard fsync(descriptor) == 0 else { throw DuetError.system(.cannotWrite, "\(part.path) cannot be written") }
    }

    /// What to tell the user if no further attempt helps; nil when the download is complete.
    ///
    /// - Throws: the error at once, when a further attempt cannot help.
    private func problem(
        _ outcome: Transfer.Outcome, url: URL, part: URL, name: String, expected: Int?
    ) throws -> DuetError? {
        let goOn =
            expected == nil
            ? "Try again later"
            : "What has arrived is kept in \(part.path); the same command goes on from there"
        switch outcome {
        case .complete:
            // Some servers close a connection early without any sign of an error.
            guard let expected, try InputFile(part).size < expected else { return nil }
            return DuetError(.unavailable, "\(name): the connection ended early. \(goOn)")
        case .refused(206), .refused(416):
            // The server sends another piece than the one asked for, or has no such place in the file: begin again.
            guard truncate(part.path, 0) == 0 else {
                throw DuetError.system(.cannotWrite, "\(part.path) cannot be written")
            }
            return DuetError(.unavailable, "\(name): the server does not send the rest of the file when asked")
        case .refused(let status) where status == 429 || status >= 500:
            return DuetError(.unavailable, "\(url.absoluteString): the server answers \(status). \(goOn)")
        case .refused(let status):
            throw DuetError(.unavailable, "\(url.absoluteString): the server answers \(status); check the address")
        case .broken(let reason):
            return DuetError(.unavailable, "\(url.absoluteString): \(reason). \(goOn)")
        case .cannotWrite(let error):
            throw error
        case .tooLong:
            try? FileManager.default.removeItem(at: part)
            let limit = expected.map { "\($0) bytes" } ?? "a record of at most 16 MiB"
            throw DuetError(.badData, "\(name): the server sends more than expected (\(limit)); it was thrown away")
        case .cancelled:
            throw DuetError(.interrupted, "stopped while \(name) was on its way. \(goOn)")
        }
    }

    private func pause(seconds: Double, name: String, part: URL) throws {
        let end = Date(timeIntervalSinceNow: seconds)
        while Date() < end {
            guard !monitor.isCancelled else {
                throw DuetError(.interrupted, "stopped while \(name) was on its way; \(part.path) is kept for later")
            }
            Thread.sleep(forTimeInterval: 0.02)
        }
    }
}
