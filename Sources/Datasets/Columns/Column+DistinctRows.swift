import Crypto

extension Column {
    /// The rows of which each counts once: of those with the same values and the same key, the first.
    /// - Parameters:
    ///   - rows: which rows.
    ///   - key: tells rows with the same values apart, such as their class.
    /// - Returns: the first rows, in the order of `rows`.
    /// - Throws: `DuetError` of kind `badData` where the file that holds the rows was cut short.
    package func distinctRows(among rows: [Int], key: (Int) -> Int) throws -> [Int] {
        var keysOfValues: [SHA256.Digest: Set<Int>] = [:]
        return try rows.filter { row in
            let digest = try withRow(row) { values in
                var hash = SHA256()
                switch values {
                case .bytes(let bytes): hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
                case .floats(let floats): hash.update(bufferPointer: UnsafeRawBufferPointer(floats))
                }
                return hash.finalize()
            }
            return keysOfValues[digest, default: []].insert(key(row)).inserted
        }
    }
}
