/// A tensor's place among the values, once its entry is known to make sense.
struct SafetensorsRegion {
    let name: String
    let type: SafetensorsType
    let shape: [Int]
    let bytes: Range<Int>

    init(name: String, entry: SafetensorsHeader.Entry, file: String) throws {
        func wrong(_ reason: String) -> DuetError { DuetError(.badData, "\(file): tensor \"\(name)\" \(reason)") }

        guard let type = SafetensorsType(rawValue: entry.dtype) else {
            let known = SafetensorsType.allCases.map(\.rawValue).joined(separator: ", ")
            throw wrong("has the type \(entry.dtype); Duet reads \(known)")
        }
        guard entry.shape.allSatisfy({ $0 >= 0 }) else {
            throw wrong("has a negative length in its shape \(entry.shape)")
        }
        let offsets = entry.dataOffsets
        guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1] else {
            throw wrong("has the data offsets \(offsets); expected two, neither negative, in ascending order")
        }
        guard let needed = NamedTensor.elementCount(of: entry.shape + [type.byteCount]) else {
            throw wrong("has the shape \(entry.shape), which has too many elements to count")
        }
        guard needed == offsets[1] - offsets[0] else {
            let sizes = "\(needed) bytes are needed, \(offsets[1] - offsets[0]) are there"
            throw wrong("has the shape \(entry.shape) and the type \(entry.dtype): \(sizes)")
        }
        self.name = name
        self.type = type
        self.shape = entry.shape
        bytes = offsets[0]..<offsets[1]
    }

    /// The regions of all tensors, in the order of their bytes.
    ///
    /// - Throws: `DuetError` where they do not cover the values, `valueBytes` bytes, once and without a gap.
    static func regions(of header: SafetensorsHeader, valueBytes: Int, file: String) throws -> [SafetensorsRegion] {
        func wrong(_ reason: String) -> DuetError { DuetError(.badData, "\(file) \(reason)") }

        let regions = try header.entries
            .map { try SafetensorsRegion(name: $0.key, entry: $0.value, file: file) }
            .sorted { $0.isBefore($1) }
        var end = 0
        for region in regions {
            let start = region.bytes.lowerBound
            guard start == end else {
                let problem = start < end ? "an overlap with" : "a hole after"
                throw wrong("has \(problem) the tensor before \"\(region.name)\": byte \(start), expected \(end)")
            }
            end = region.bytes.upperBound
            guard end <= valueBytes else {
                throw wrong("is cut short: its values have \(valueBytes) bytes, but \"\(region.name)\" ends at \(end)")
            }
        }
        guard end == valueBytes else {
            throw wrong("has \(valueBytes - end) bytes after its last tensor; nothing may follow it")
        }
        return regions
    }

    /// Tensors without elements share their start with the next one; their names make the order definite.
    private func isBefore(_ other: SafetensorsRegion) -> Bool {
        (bytes.lowerBound, bytes.upperBound, name) < (other.bytes.lowerBound, other.bytes.upperBound, other.name)
    }
}
