import Foundation

/// The values of a `.npy` file where they lie in the file, which is mapped and not read.
package final class MappedArray: @unchecked Sendable {
    // Unchecked: pointers into memory that is read-only.
    /// The values, by their type.
    package enum Values {
        case uint8(UnsafeBufferPointer<UInt8>)
        case float32(UnsafeBufferPointer<Float>)
    }

    /// Length of each dimension, outermost first.
    package let shape: [Int]
    /// The values in C order, as long as this object lives.
    package let values: Values
    private let file: MappedFile

    /// Maps a `.npy` file of 8-bit unsigned integers or 32-bit floats in C order and this machine's order of bytes.
    /// - Returns: nil where the file is a sound one of another type or order.
    /// - Throws: `DuetError` of kind `missingInput` or `badData`, as `NPYArray` does.
    package init?(npy url: URL) throws {
        let input = try InputFile(url)
        let (header, payload) = try NPYArray.readHeader(input)
        let start = input.size - payload
        let isOwnOrder = header.elementType.size == 1 || header.isBigEndian == (1.bigEndian == 1)
        guard !header.shape.isEmpty, payload > 0, isOwnOrder, !header.isFortranOrder || header.shape.count == 1,
            start.isMultiple(of: header.elementType.size)
        else { return nil }
        file = try MappedFile(url)
        guard file.bytes.count == input.size else {
            throw DuetError(.badData, "\(url.path) changed while it was opened")
        }
        let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[start...])
        shape = header.shape
        switch header.elementType {
        case .uint8: values = .uint8(bytes.assumingMemoryBound(to: UInt8.self))
        case .float32: values = .float32(bytes.assumingMemoryBound(to: Float.self))
        default: return nil
        }
    }
}
