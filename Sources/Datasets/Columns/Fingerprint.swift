import Crypto
public import FileFormats
import Foundation

extension Dataset {
    /// A short name for exactly this data, so that a model can say what it was trained on: the first 16 hexadecimal digits of
    /// the SHA-256 over modalities, shapes, labels and values. Two datasets with the same values have the same fingerprint,
    /// whatever files and number types they came from.
    ///
    /// It reads all values (a fifth of a second for 70,000 digits, some three seconds for a gigabyte of pixels), so ask once and keep
    /// the answer.
    ///
    /// - Parameter monitor: told of the examples that were read.
    /// - Returns: the fingerprint.
    /// - Throws: `DuetError` of kind `badData` where a file that holds values was cut short, or `interrupted`.
    public func fingerprint(monitor: WorkMonitor = .none) throws -> String {
        var hash = SHA256()
        let shapes = columns.map { "\($0.modality.name) \($0.modality.kind.rawValue) \($0.shape)" }
        hash.update(data: Data("\(count) \(trainSideCount) \(shapes.joined(separator: " "))".utf8))
        (labels ?? []).withUnsafeBytes { hash.update(bufferPointer: $0) }
        for column in columns {
            let rowsAtOnce = max(1, (1 << 18) / column.size)
            var values = [Float](repeating: 0, count: rowsAtOnce * column.size)
            for start in stride(from: 0, to: count, by: rowsAtOnce) {
                let rows = start..<min(start + rowsAtOnce, count)
                try values.withUnsafeMutableBufferPointer { try column.gather(rows, into: $0.baseAddress!) }
                values.withUnsafeBytes {
                    hash.update(
                        bufferPointer: UnsafeRawBufferPointer(
                            rebasing: $0[..<(rows.count * column.size * MemoryLayout<Float>.stride)]))
                }
                try monitor.advance("Reading \(column.modality)", rows.upperBound, of: count, "examples")
            }
        }
        return hash.finalize().prefix(8).hexadecimal
    }
}
