import Crypto
import Foundation

extension PairedDataset {
    /// A short name for exactly this data, so that a model can say what it was trained on: the first 16 hexadecimal digits of
    /// the SHA-256 over shapes, labels, images and audio. Two datasets with the same values have the same fingerprint, whatever
    /// files and number types they came from.
    ///
    /// It reads all values (a fifth of a second for 70,000 digits), so ask once and keep the answer.
    public func fingerprint() -> String {
        var hash = SHA256()
        let shapes = "\(count) \(imageShape) \(audioShape) \(trainSideCount)"
        hash.update(data: Data(shapes.utf8))
        (labels ?? []).withUnsafeBytes { hash.update(bufferPointer: $0) }
        images.withUnsafeBytes { hash.update(bufferPointer: $0) }
        audio.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return hash.finalize().prefix(8).hexadecimal
    }
}

extension Sequence<UInt8> {
    /// Two lower-case digits per byte.
    var hexadecimal: String {
        map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
