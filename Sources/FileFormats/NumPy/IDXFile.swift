import CZlib
package import Foundation

/// An array of bytes in the format that MNIST came in, gzipped or not: `train-images-idx3-ubyte.gz`.
///
/// Four bytes 0, 0, type, number of dimensions; the dimensions as 32-bit big-endian numbers; the values.
package struct IDXFile {
    /// Length of each dimension, outermost first.
    package let shape: [Int]
    /// The values in C order.
    package let values: [UInt8]

    /// More than any such dataset has: room is made before the values are read.
    private static let valueLimit = 1 << 32
    private static let unsignedBytes: UInt8 = 0x08

    /// Reads a file.
    /// - Throws: `DuetError` of kind `missingInput` or `badData`: no such file, another format, values other than bytes, cut
    ///   short, or with bytes left over.
    package init(contentsOf url: URL) throws {
        let stream = try GzipStream(url)
        let head = try stream.read(4)
        guard head.count == 4, head[0] == 0, head[1] == 0, (1...4).contains(head[3]) else {
            throw DuetError(.badData, "\(url.path) is no IDX file; expected one as MNIST ships them, gzipped or not")
        }
        guard head[2] == Self.unsignedBytes else {
            throw DuetError(
                .badData, "\(url.path): values of type 0x\(String(head[2], radix: 16)); expected bytes, type 0x8")
        }
        let lengths = try stream.read(4 * Int(head[3]))
        guard lengths.count == 4 * Int(head[3]) else {
            throw DuetError(.badData, "\(url.path) is cut short: it ends inside the IDX header")
        }
        shape = stride(from: 0, to: lengths.count, by: 4).map { start in
            lengths[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        // Four lengths of 32 bits overflow no product of doubles.
        guard shape.map(Double.init).reduce(1, *) <= Double(Self.valueLimit) else {
            throw DuetError(.badData, "\(url.path): shape \(shape) is beyond \(Self.valueLimit) values")
        }
        let count = shape.reduce(1, *)
        values = try stream.read(count)
        let rest = try stream.read(1)
        guard values.count == count, rest.isEmpty else {
            throw DuetError(
                .badData,
                "\(url.path) \(values.count < count ? "is cut short" : "has bytes left over"): shape \(shape) needs "
                    + "\(count) values\(values.count < count ? ", found \(values.count)" : "")")
        }
    }
}

/// A file that is unpacked while it is read; one that is not gzipped is read as it is.
private final class GzipStream {
    private let file: gzFile
    private let name: String

    init(_ url: URL) throws {
        // Says what is wrong with a path that is no regular file.
        _ = try InputFile(url)
        name = url.path
        guard let file = gzopen(url.path, "rb") else {
            throw DuetError.system(.missingInput, "\(url.path) cannot be opened")
        }
        self.file = file
    }

    deinit { gzclose(file) }

    /// The next `count` bytes, or as many as there are.
    func read(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            // Piece by piece, so that a header's claim makes no room that the file does not fill.
            let piece = try [UInt8](unsafeUninitializedCapacity: min(count - bytes.count, 1 << 20)) { buffer, filled in
                let got = gzread(file, buffer.baseAddress, UInt32(buffer.count))
                var problem: Int32 = 0
                let message = gzerror(file, &problem).map { String(cString: $0) } ?? ""
                guard got >= 0, problem == Z_OK || problem == Z_STREAM_END else {
                    throw DuetError(.badData, "\(name) cannot be unpacked (\(message))")
                }
                filled = Int(got)
            }
            if piece.isEmpty { break }
            bytes += piece
        }
        return bytes
    }
}
