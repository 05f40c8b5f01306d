import Foundation
import NeuralNetwork

/// A file's bytes in one block of memory, which the arrays that lie there go on using.
struct FileBytes {
    private let memory: Memory
    private let count: Int

    /// Reads a file. Like all files, it is not mapped: a mapped file that another process shortens kills the reader.
    /// - Throws: `DuetError` of kind `missingInput`.
    init(contentsOf url: URL) throws {
        func failure() -> DuetError {
            DuetError(.missingInput, "\(url.path) cannot be read: \(String(cString: strerror(errno)))")
        }
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure() }
        let memory = Memory(byteCount: Int(status.st_size))
        var filled = 0
        while filled < Int(status.st_size) {
            let got = read(descriptor, memory.address + filled, Int(status.st_size) - filled)
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw failure() }
            if got == 0 { break }
            filled += got
        }
        self.memory = memory
        count = filled
    }

    init(copying data: Data) {
        memory = Memory(byteCount: data.count)
        count = data.count
        data.copyBytes(to: UnsafeMutableRawBufferPointer(start: memory.address, count: count))
    }

    /// All of them, as long as somebody holds this.
    var all: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory.address, count: count) }

    /// Some of them as floats: where they lie if they are floats already, otherwise converted.
    func floats(_ range: Range<Int>, type: SafetensorsType) -> FloatStorage {
        let isAligned = range.lowerBound % MemoryLayout<Float>.alignment == 0
        // The format's numbers are little-endian.
        if type == .float32, isAligned, 1.littleEndian == 1 {
            return .shared(SharedFloats(memory, offset: range.lowerBound, count: range.count / type.byteCount))
        }
        return withExtendedLifetime(memory) {
            .array(type.floats(from: UnsafeRawBufferPointer(rebasing: all[range])))
        }
    }
}
