package import Foundation

/// The values of a `.npy` file that stay there and are read piece by piece, so that an array may be larger than the memory.
///
/// Read, not mapped: a file that another process cuts short gives an error and not a signal, and what was read does not count as
/// this process's memory.
package final class NPYFile: Sendable {
    /// The types that need no conversion.
    package enum ElementType: Sendable {
        /// 8-bit unsigned integers.
        case uint8
        /// 32-bit floats.
        case float32
        /// 16-bit signed integers.
        case int16

        /// Bytes of one element.
        package var size: Int {
            switch self {
            case .uint8: 1
            case .int16: 2
            case .float32: 4
            }
        }
    }

    /// Length of each dimension, outermost first.
    package let shape: [Int]
    /// The type of the elements.
    package let elementType: ElementType
    private let name: String
    private let descriptor: Int32
    /// Where the values begin, in bytes.
    private let start: Int

    /// Opens a `.npy` file in C order and this machine's order of bytes. It is nil where the file is a sound one of another type or order.
    ///
    /// - Parameters:
    ///   - url: the file.
    ///   - types: the types of its elements that will do.
    /// - Throws: `DuetError` of kind `missingInput` or `badData`, as `NPYArray` does.
    package init?(_ url: URL, of types: Set<ElementType> = [.uint8, .float32]) throws {
        let input = try InputFile(url)
        let (header, payload) = try NPYArray.readHeader(input)
        let isOwnOrder = header.elementType.size == 1 || header.isBigEndian == (1.bigEndian == 1)
        guard !header.shape.isEmpty, payload > 0, isOwnOrder, !header.isFortranOrder || header.shape.count == 1 else {
            return nil
        }
        let known: ElementType? =
            switch header.elementType {
            case .uint8: .uint8
            case .int16: .int16
            case .float32: .float32
            default: nil
            }
        guard let known, types.contains(known) else { return nil }
        elementType = known
        shape = header.shape
        name = url.path
        start = input.size - payload
        descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DuetError.system(.missingInput, "\(url.path) cannot be opened") }
    }

    deinit { close(descriptor) }

    /// Files smaller than this stay in memory once they were read, and asking the system for their rows would only cost time.
    private static let prefetchedSize = 1 << 30

    /// Tells the system that some of the elements will be read soon, so that it reads them from the disk meanwhile. Without effect on
    /// files below a gigabyte.
    package func prefetch(_ elements: Range<Int>) {
        guard shape.reduce(elementType.size, *) >= Self.prefetchedSize else { return }
        posix_fadvise(
            descriptor, off_t(start + elements.lowerBound * elementType.size), off_t(elements.count * elementType.size),
            POSIX_FADV_WILLNEED)
    }

    /// Reads some of the elements, counted in C order.
    /// - Throws: `DuetError` of kind `badData` where the file no longer has them.
    package func read(_ elements: Range<Int>, into buffer: UnsafeMutableRawBufferPointer) throws {
        let count = elements.count * elementType.size
        precondition(buffer.count >= count)
        var done = 0
        while done < count, let address = buffer.baseAddress {
            let offset = start + elements.lowerBound * elementType.size + done
            let got = pread(descriptor, address + done, count - done, off_t(offset))
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw DuetError.system(.badData, "\(name) cannot be read") }
            guard got > 0 else { throw DuetError(.badData, "\(name) was cut short while it was being read") }
            done += got
        }
    }
}
