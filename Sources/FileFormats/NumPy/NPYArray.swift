package import Foundation

/// An array from a NumPy file: its shape, and its numbers as they are stored.
package struct NPYArray: Sendable {
    /// What to call the array in messages: the file it came from.
    package let name: String
    let header: NPYHeader
    /// The stored bytes, in the file's own byte order and layout.
    let bytes: [UInt8]

    /// Length of each dimension, outermost first; empty for a single number.
    package var shape: [Int] { header.shape }
    /// The type of the stored numbers.
    package var elementType: NPYElementType { header.elementType }
    /// How many numbers there are.
    package var count: Int { bytes.count / elementType.size }

    /// Reads a `.npy` file, of header version 1, 2 or 3, in C or Fortran order and either byte order.
    ///
    /// Nothing is allocated before the header's shape is known to agree with the file's size.
    ///
    /// - Throws: `DuetError` of kind `missingInput` (no such file) or `badData` (not NumPy's format, an element type other than
    ///   `NPYElementType`'s, cut short, or with bytes left over).
    package init(contentsOf url: URL) throws {
        let file = try InputFile(url)
        let (header, payload) = try Self.readHeader(file)
        try self.init(name: file.name, header: header, bytes: file.read(payload))
    }

    /// Reads the head of a `.npy` file and holds it against the file's size; leaves the file where the numbers begin.
    package static func readHeader(_ file: InputFile) throws -> (header: NPYHeader, payload: Int) {
        let prefix = try file.read(NPYHeader.prefixSize)
        let range = try NPYHeader.textRange(inPrefix: prefix, of: file.name)
        guard range.upperBound <= file.size else {
            throw DuetError(.badData, "\(file.name) is cut short: it ends inside the .npy header")
        }
        // Version 1's text begins two bytes before the prefix ends.
        let text = try prefix[range.lowerBound...] + file.read(range.upperBound - prefix.count)
        let header = try NPYHeader(text: text, of: file.name)
        let payload = file.size - range.upperBound
        try check(header, payload: payload, of: file.name)
        return (header, payload)
    }

    /// Reads a `.npy` file that is already in memory.
    ///
    /// - Parameters:
    ///   - data: the whole file.
    ///   - name: what to call it in messages.
    /// - Throws: `DuetError` of kind `badData`, as for files.
    package init(npyData data: [UInt8], name: String) throws {
        let range = try NPYHeader.textRange(inPrefix: data.prefix(NPYHeader.prefixSize), of: name)
        guard range.upperBound <= data.count else {
            throw DuetError(.badData, "\(name) is cut short: it ends inside the .npy header")
        }
        let header = try NPYHeader(text: data[range], of: name)
        try self.init(name: name, header: header, bytes: Array(data[range.upperBound...]))
    }

    private init(name: String, header: NPYHeader, bytes: [UInt8]) throws {
        try Self.check(header, payload: bytes.count, of: name)
        self.name = name
        self.header = header
        self.bytes = bytes
    }

    private static func check(_ header: NPYHeader, payload: Int, of name: String) throws {
        let expected = try header.byteCount(of: name)
        guard payload == expected else {
            let fault = payload < expected ? "is cut short" : "has bytes left over"
            throw DuetError(
                .badData,
                "\(name) \(fault): shape \(header.shape) of \(header.elementType) needs \(expected) bytes, found \(payload)"
            )
        }
    }
}
