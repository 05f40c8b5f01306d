package import Foundation

/// Writes files so that nobody ever sees half of one: the bytes go to a file beside the target, reach the disk unless the
/// caller has no time for that, and only then take the target's name.
package enum AtomicFile {
    /// Where the bytes of a file go while it is being written.
    package struct Output: ~Copyable {
        package let name: String
        package let descriptor: Int32

        /// An output into an open file.
        package init(name: String, descriptor: Int32) {
            self.name = name
            self.descriptor = descriptor
        }

        /// Appends raw bytes.
        ///
        /// - Throws: `DuetError` of kind `cannotWrite`, with the system's reason (disk full, for example).
        package func write(_ bytes: UnsafeRawBufferPointer) throws {
            var rest = bytes[...]
            while !rest.isEmpty {
                let chunk = UnsafeRawBufferPointer(rebasing: rest)
                let written = Foundation.write(descriptor, chunk.baseAddress, chunk.count)
                if written < 0 && errno == EINTR { continue }
                guard written > 0 else { throw DuetError.system(.cannotWrite, "\(name) cannot be written") }
                rest = rest.dropFirst(written)
            }
        }

        /// Appends the bytes of `data`.
        package func write(_ data: some ContiguousBytes) throws {
            try data.withUnsafeBytes { try write($0) }
        }

        /// Appends `text` in UTF-8.
        package func write(_ text: String) throws {
            try write(Array(text.utf8))
        }
    }

    /// Writes the file `url`: calls `body` with an output to fill, then puts the finished file in place.
    ///
    /// If `body` throws, or the disk is full, whatever stood at `url` before is untouched and nothing new is left.
    ///
    /// - Parameters:
    ///   - url: the file to write. A symbolic link is followed; anything else that is not a regular file is refused.
    ///   - overwrite: whether an existing file may be replaced.
    ///   - awaitsDisk: whether the bytes reach the disk before the file takes its name, so that not even a power cut leaves
    ///     half of it. That takes some milliseconds, which a file that is made again in as many need not wait for.
    ///   - body: writes the content, in any number of pieces.
    /// - Throws: `DuetError` of kind `exists` or `cannotWrite`, and what `body` throws.
    package static func write(
        to url: URL, overwrite: Bool, awaitsDisk: Bool = true, _ body: (borrowing Output) throws -> Void
    ) throws {
        let target = url.resolvingSymlinksInPath()
        try check(target, overwrite: overwrite)
        let partial = target.deletingLastPathComponent()
            .appendingPathComponent(".\(target.lastPathComponent).\(UUID().uuidString.prefix(8)).partial")
        let descriptor = open(partial.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw DuetError.system(.cannotWrite, "\(url.path) cannot be written") }
        do {
            do {
                defer { close(descriptor) }
                try body(Output(name: url.path, descriptor: descriptor))
                guard !awaitsDisk || fsync(descriptor) == 0 else {
                    throw DuetError.system(.cannotWrite, "\(url.path) cannot be written")
                }
            }
            try check(target, overwrite: overwrite)
            guard rename(partial.path, target.path) == 0 else {
                throw DuetError.system(.cannotWrite, "\(url.path) cannot be put in place")
            }
        } catch {
            unlink(partial.path)
            throw error
        }
        if awaitsDisk { synchronizeFolder(target.deletingLastPathComponent()) }
    }

    /// Makes a rename inside `folder` last through a power cut. Some file systems do not know how; the file is whole
    /// either way, so that is not an error.
    package static func synchronizeFolder(_ folder: URL) {
        let descriptor = open(folder.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    // A rename would quietly put a file where a device or a pipe stands (/dev/null, for one).
    private static func check(_ target: URL, overwrite: Bool) throws {
        var status = stat()
        guard lstat(target.path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw DuetError(.cannotWrite, "\(target.path) is not a regular file; choose another name")
        }
        guard overwrite else {
            throw DuetError(.exists, "\(target.path) exists; choose another name or ask to overwrite it (--force)")
        }
    }
}
