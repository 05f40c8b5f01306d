import Foundation

/// Writes a file whole or not at all: into a temporary file beside it, which takes its name once it is on the disk.
enum AtomicFile {
    /// The temporary file while it is open.
    struct Handle {
        fileprivate let descriptor: Int32
        fileprivate let path: String

        /// Appends bytes.
        ///
        /// - Throws: `DuetError` of kind `cannotWrite`, with the system's reason.
        func write(_ bytes: UnsafeRawBufferPointer) throws {
            var written = 0
            while written < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
                let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { throw DuetError.system(.cannotWrite, "\(path) cannot be written") }
                written += count
            }
        }
    }

    /// Creates the file at `url` with what `body` writes. After an error, the file is as it was before, or absent.
    ///
    /// - Throws: `DuetError` of kind `cannotWrite`, also where the file exists and `overwrite` is false; what `body` throws.
    static func write(to url: URL, overwrite: Bool, _ body: (Handle) throws -> Void) throws {
        let target = url.resolvingSymlinksInPath()
        try checkFree(target, overwrite: overwrite)
        let temporary = target.deletingLastPathComponent()
            .appendingPathComponent(".\(target.lastPathComponent).\(UUID().uuidString).partial")
        let descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw DuetError.system(.cannotWrite, "\(url.path) cannot be written") }
        do {
            defer { close(descriptor) }
            try body(Handle(descriptor: descriptor, path: url.path))
            // Some disks notice only now that they are full.
            guard fsync(descriptor) == 0 else { throw DuetError.system(.cannotWrite, "\(url.path) cannot be written") }
            try checkFree(target, overwrite: overwrite)
            guard rename(temporary.path, target.path) == 0 else {
                throw DuetError.system(.cannotWrite, "\(url.path) cannot be put in place")
            }
        } catch {
            unlink(temporary.path)
            throw error
        }
    }

    /// A rename would replace anything: an existing file, and even a device.
    private static func checkFree(_ target: URL, overwrite: Bool) throws {
        var status = stat()
        guard stat(target.path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw DuetError(.cannotWrite, "\(target.path) is not a regular file; choose another name")
        }
        guard overwrite else {
            throw DuetError(.cannotWrite, "\(target.path) exists; choose another name or overwrite it (--force)")
        }
    }
}
