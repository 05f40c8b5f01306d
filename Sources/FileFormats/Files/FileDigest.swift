import Crypto
package import Foundation

/// Checksums of files, taken piece by piece.
package enum FileDigest {
    /// The SHA-256 of a file, in lower-case hexadecimal.
    package static func sha256(of url: URL) throws -> String {
        try digest(SHA256(), of: url)
    }

    /// The MD5 of a file, in lower-case hexadecimal. Good against broken downloads, not against malice.
    package static func md5(of url: URL) throws -> String {
        try digest(Insecure.MD5(), of: url)
    }

    private static func digest<Hash: HashFunction>(_ initial: Hash, of url: URL) throws -> String {
        var hash = initial
        try InputFile(url).forEachChunk { hash.update(bufferPointer: $0) }
        return hash.finalize().hexadecimal
    }
}

extension Sequence<UInt8> {
    /// Two lower-case digits per byte.
    package var hexadecimal: String {
        map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
