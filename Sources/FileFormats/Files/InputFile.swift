package import Foundation

/// A regular file that is open for reading, with its size known beforehand.
///
/// Files are read with plain `read` calls: a mapped file (`MappedFile`) that another process cuts short kills its reader.
package final class InputFile {
    package let name: String
    package let size: Int
    private let descriptor: Int32

    /// - Throws: `DuetError` of kind `missingInput`, when there is no such regular file or it may not be read.
    package init(_ url: URL) throws {
        name = url.path
        // Without O_NONBLOCK, opening a named pipe would wait for a writer that may never come.
        descriptor = open(url.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw DuetError.system(.missingInput, "\(url.path) cannot be opened") }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw DuetError(.missingInput, "\(url.path) is not a regular file")
        }
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Fills `buffer` from where the last read ended; returns how many bytes there were, fewer only at the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var filled = 0
        while filled < buffer.count, let start = buffer.baseAddress {
            let got = Foundation.read(descriptor, start + filled, buffer.count - filled)
            if got == 0 { break }
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else { throw DuetError.system(.badData, "\(name) cannot be read") }
            filled += got
        }
        return filled
    }

    /// The next `count` bytes, or as many as there are before the end of the file.
    package func read(_ count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: min(count, size)) { buffer, filled in
            filled = try read(into: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    /// Hands the rest of the file to `body`, a megabyte at a time.
    func forEachChunk(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while case let count = try read(into: buffer), count > 0 {
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}
