import CLateLibraries
import Foundation

/// A file in memory, as libsndfile reads it.
struct MemoryFile {
    fileprivate let bytes: UnsafeRawBufferPointer
    /// As in a real file, this may lie behind the end, where nothing can be read.
    fileprivate var position = 0

    /// A file of these bytes, which must outlive it.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// How libsndfile gets at a `MemoryFile`, to which its `user_data` must point.
    static var access: SF_VIRTUAL_IO {
        SF_VIRTUAL_IO(
            get_filelen: { sf_count_t(file($0).pointee.bytes.count) },
            seek: { offset, whence, data in sf_count_t(file(data).pointee.seek(Int(offset), from: whence)) },
            read: { target, count, data in
                sf_count_t(file(data).pointee.read(UnsafeMutableRawBufferPointer(start: target, count: Int(count))))
            },
            write: { _, _, _ in 0 },
            tell: { sf_count_t(file($0).pointee.position) })
    }

    /// The new position, or -1 where there cannot be one. A broken file may ask for any.
    fileprivate mutating func seek(_ offset: Int, from whence: Int32) -> Int {
        let start: Int
        switch whence {
        case SEEK_SET: start = 0
        case SEEK_CUR: start = position
        case SEEK_END: start = bytes.count
        default: return -1
        }
        let (target, overflow) = start.addingReportingOverflow(offset)
        guard !overflow, target >= 0 else { return -1 }
        position = target
        return target
    }

    fileprivate mutating func read(_ target: UnsafeMutableRawBufferPointer) -> Int {
        guard position < bytes.count else { return 0 }
        let part = bytes[position...].prefix(target.count)
        target.copyMemory(from: UnsafeRawBufferPointer(rebasing: part))
        position += part.count
        return part.count
    }
}

/// What libsndfile hands back of the pointer that it was given.
private func file(_ data: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<MemoryFile> {
    data!.assumingMemoryBound(to: MemoryFile.self)
}
