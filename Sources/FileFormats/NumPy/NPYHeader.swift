/// The head of a NumPy file: what its numbers are and how they are laid out.
///
/// The format is described in NumPy's `numpy.lib.format`: magic bytes, two bytes of version, the length of the text (two bytes in
/// version 1, four in 2 and 3), then a Python dictionary with exactly the keys `descr`, `fortran_order` and `shape`.
package struct NPYHeader: Equatable {
    package var elementType: NPYElementType
    var isBigEndian = false
    var isFortranOrder = false
    package var shape: [Int]

    /// Bytes before the text's length is known: magic, version and the longest length field.
    static let prefixSize = 12
    /// NumPy's headers for plain arrays have 118 bytes; a megabyte of text is not one.
    private static let longestText = 1 << 20
    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    /// Where the text begins and ends, from the file's first `prefixSize` bytes.
    static func textRange(inPrefix prefix: some Collection<UInt8>, of name: String) throws -> Range<Int> {
        let prefix = Array(prefix)
        guard prefix.starts(with: magic) else {
            throw DuetError(.badData, "\(name) is not a NumPy .npy file (it does not begin with \\x93NUMPY)")
        }
        guard prefix.count >= prefixSize else {
            throw DuetError(.badData, "\(name) is cut short: it ends inside the .npy header")
        }
        let start: Int
        let length: Int
        switch prefix[6] {
        case 1:
            (start, length) = (10, Int(prefix[8]) | Int(prefix[9]) << 8)
        case 2, 3:
            (start, length) = (12, (0..<4).reduce(0) { $0 | Int(prefix[8 + $1]) << (8 * $1) })
        default:
            throw DuetError(.badData, "\(name) has .npy version \(prefix[6]); expected 1, 2 or 3")
        }
        guard length <= longestText else {
            throw DuetError(.badData, "\(name) has an .npy header of \(length) bytes, which no plain array needs")
        }
        guard start + length >= prefixSize else {
            throw DuetError(.badData, "\(name) has an .npy header of \(length) bytes, too few for a dictionary")
        }
        return start..<(start + length)
    }

    /// Bytes that the array takes.
    ///
    /// - Throws: `DuetError`, when the shape describes more bytes than an address can count.
    func byteCount(of name: String) throws -> Int {
        var count = elementType.size
        // A dimension of 0 anywhere makes the array empty, however large the others are.
        for dimension in shape.contains(0) ? [0] : shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
            guard !overflow else { throw DuetError(.badData, "\(name) has the absurd shape \(shape)") }
            count = product
        }
        return count
    }

    /// The header, with magic bytes and padding, as NumPy writes it (version 1, data aligned to 64 bytes).
    var encoded: [UInt8] {
        let order = elementType.size == 1 ? "|" : isBigEndian ? ">" : "<"
        let dimensions = shape.map { "\($0), " }.joined()
        var text = "{'descr': '\(order)\(elementType.code)', 'fortran_order': \(isFortranOrder ? "True" : "False"), "
        text += "'shape': (\(shape.count == 1 ? String(dimensions.dropLast()) : String(dimensions.dropLast(2)))), }"
        let unpadded = 10 + text.utf8.count + 1
        text += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
        let length = text.utf8.count
        return Self.magic + [1, 0, UInt8(length & 0xff), UInt8(length >> 8)] + Array(text.utf8)
    }
}
