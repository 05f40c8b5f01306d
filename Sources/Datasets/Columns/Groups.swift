import Foundation

extension Dataset {
    /// This dataset with `groups` filled in: as they are where known, else derived from the values.
    func withGroups() throws -> Dataset {
        guard groups == nil else { return self }
        return Dataset(
            unchecked: columns, labels: labels, groups: try derivedGroups(), speakers: speakers, classNames: classNames,
            trainSideCount: trainSideCount)
    }

    /// Numbers the recordings by their values: examples with exactly the same audio get the same number, counting from 0 in the
    /// order of first appearance. Where there is no audio, examples with the same values of the first modality do.
    ///
    /// Datasets repeat recordings (the Zenodo set has 34,801 distinct ones in its 60,000 training rows), and a repeat on both
    /// sides of a split makes the measured accuracy too good.
    /// - Throws: `DuetError` of kind `badData` where a file that holds values was cut short.
    public func derivedGroups() throws -> [Int32] {
        let audio = columns.filter { $0.modality.kind == .audio }
        let compared = audio.isEmpty ? [columns[0]] : audio
        func values(_ row: Int) throws -> [Float] { try compared.flatMap { try $0[row] } }
        // Rows that share a hash are compared value by value, so a collision never merges two recordings.
        var firstRows: [UInt64: [(row: Int, group: Int32)]] = [:]
        var groupCount: Int32 = 0
        return try (0..<count).map { row in
            let own = try values(row)
            let hash = Self.hash(own)
            if let known = try firstRows[hash]?.first(where: { try Self.areSameBits(values($0.row), own) }) {
                return known.group
            }
            firstRows[hash, default: []].append((row, groupCount))
            defer { groupCount += 1 }
            return groupCount
        }
    }

    private static func areSameBits(_ a: [Float], _ b: [Float]) -> Bool {
        a.withUnsafeBytes { a in
            b.withUnsafeBytes { b in a.count == b.count && memcmp(a.baseAddress!, b.baseAddress!, a.count) == 0 }
        }
    }

    /// FNV-1a, taken four bytes at a time.
    private static func hash(_ values: [Float]) -> UInt64 {
        values.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1.bitPattern)) &* 0x100_0000_01b3 }
    }
}
