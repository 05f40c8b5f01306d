import Foundation
import NeuralNetwork

/// A file's bytes in one block of memory, which the arrays that lie there go on using.
struct FileBytes {
    private let memory: Memory
    private let count: Int

    /// Maps a file, unlike all others: a model is read in no time and takes no memory of its own. The price is that a
    /// process gets SIGBUS where another one cuts the file short under its eyes; replacing it, as Duet does, is harmless.
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
        count = Int(status.st_size)
        if count == 0 {
            memory = Memory(byteCount: 0)
        } else {
            guard let mapped = Memory(mapping: descriptor, byteCount: count) else { throw failure() }
            memory = mapped
        }
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
