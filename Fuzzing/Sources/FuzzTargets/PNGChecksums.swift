import Foundation

extension Data {
    /// The same PNG file with the checksum of every chunk made right, so that changed chunks get past them.
    func withRepairedPNGChecksums() -> Data {
        var bytes = [UInt8](self)
        // Behind the signature: length in four bytes, name in four, content, checksum in four.
        var start = 8
        while start + 12 <= bytes.count {
            let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
            let checked = (start + 4)..<(start + 8 + length)
            guard checked.upperBound + 4 <= bytes.count else { break }
            let checksum = Self.crc32(bytes[checked])
            for byte in 0..<4 {
                bytes[checked.upperBound + byte] = UInt8(truncatingIfNeeded: checksum >> (24 - 8 * byte))
            }
            start = checked.upperBound + 4
        }
        return Data(bytes)
    }

    /// CRC-32 as in the PNG specification, annex D.
    private static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        ~bytes.reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum & 1 == 1 ? 0xEDB8_8320 ^ sum >> 1 : sum >> 1 }
        }
    }
}
