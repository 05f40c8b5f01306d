package import Foundation

extension NPYArray {
    /// Writes a `.npy` file that NumPy reads, whole or not at all.
    ///
    /// - Parameters:
    ///   - values: the numbers in C order, as many as `shape` says.
    ///   - shape: length of each dimension, outermost first.
    ///   - url: the file to write.
    ///   - overwrite: whether an existing file may be replaced.
    /// - Throws: `DuetError` of kind `exists` or `cannotWrite`.
    package static func write<Element: NPYElement>(
        _ values: [Element], shape: [Int], to url: URL, overwrite: Bool = false
    ) throws {
        precondition(values.count == shape.reduce(1, *), "\(values.count) values do not fill the shape \(shape)")
        let header = NPYHeader(elementType: Element.npyType, isBigEndian: 1.bigEndian == 1, shape: shape)
        try AtomicFile.write(to: url, overwrite: overwrite) { output in
            try output.write(header.encoded)
            try values.withUnsafeBytes { try output.write($0) }
        }
    }
}
