package import Foundation

/// A file's bytes where the system keeps them: nothing is copied, and what is not read takes no memory.
///
/// The price is that a process gets SIGBUS where another one cuts the file short while it is mapped; replacing it, as Duet
/// does, is harmless.
package final class MappedFile: @unchecked Sendable {
    // Unchecked: the memory is read-only.
    /// The bytes, as long as this object lives.
    package let bytes: UnsafeRawBufferPointer

    /// Maps a file.
    /// - Parameters:
    ///   - url: a regular file.
    ///   - isReadWhole: whether all pages are mapped at once, which is faster than a fault for each where all are read soon.
    ///   - isCopied: whether the bytes are copied, for those whom a file that is cut short later must not end.
    /// - Throws: `DuetError` of kind `missingInput`, or `badData` where a file that is copied becomes shorter meanwhile.
    package init(_ url: URL, isReadWhole: Bool = false, isCopied: Bool = false) throws {
        func failure() -> DuetError { .system(.missingInput, "\(url.path) cannot be read") }
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure() }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw DuetError(.missingInput, "\(url.path) is not a regular file")
        }
        let count = Int(status.st_size)
        guard count > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        if isCopied {
            bytes = try Self.copy(of: descriptor, count: count, name: url.path)
            return
        }
        #if os(Linux)
            let flags = isReadWhole ? MAP_PRIVATE | Int32(MAP_POPULATE) : MAP_PRIVATE
        #else
            let flags = MAP_PRIVATE
        #endif
        guard let address = mmap(nil, count, PROT_READ, flags, descriptor, 0), address != MAP_FAILED else {
            throw failure()
        }
        bytes = UnsafeRawBufferPointer(start: address, count: count)
    }

    /// The file's bytes in memory of the process's own.
    private static func copy(of descriptor: Int32, count: Int, name: String) throws -> UnsafeRawBufferPointer {
        let flags = MAP_PRIVATE | Int32(MAP_ANONYMOUS)
        guard let address = mmap(nil, count, PROT_READ | PROT_WRITE, flags, -1, 0), address != MAP_FAILED else {
            throw DuetError.system(.missingInput, "\(name) cannot be read")
        }
        var place = 0
        while place < count {
            let read = pread(descriptor, address + place, count - place, off_t(place))
            if read < 0, errno == EINTR { continue }
            guard read > 0 else {
                let error =
                    read == 0
                    ? DuetError(.badData, "\(name) became shorter while it was read; start again with a whole one")
                    : .system(.missingInput, "\(name) cannot be read")
                munmap(address, count)
                throw error
            }
            place += read
        }
        return UnsafeRawBufferPointer(start: address, count: count)
    }

    deinit {
        guard let address = bytes.baseAddress else { return }
        munmap(UnsafeMutableRawPointer(mutating: address), bytes.count)
    }
}
