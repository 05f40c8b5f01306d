import FileFormats
public import Foundation

/// The values of one modality in all examples of a dataset, raw, as the files have them: pixels from 0 to 255, or audio features.
///
/// Rows are given on request. They lie in memory with the type that they came with, 8-bit pixels stay 8-bit, or in a file, which
/// may be larger than the memory.
public struct Column: Sendable {
    /// Which modality.
    public let modality: Modality
    /// The shape of one row: height, width, channels of an image; values, 1 of audio features.
    public let shape: [Int]
    /// The number of rows.
    public let count: Int
    private let parts: [Part]

    /// Values per row.
    public var size: Int { shape.reduce(1, *) }

    /// A column of values that lie in memory.
    /// - Parameters:
    ///   - modality: which modality.
    ///   - shape: the shape of one row.
    ///   - values: one row after another; pixels from 0 to 255, audio features finite.
    ///   - name: what to call the column in error messages, such as the file that it is from; the modality's name unless given.
    /// - Throws: `DuetError` of kind `badData`, naming row and column of the first value that is out of range.
    public init(_ modality: Modality, shape: [Int], values: [Float], name: String? = nil) throws {
        try self.init(modality, shape: shape, storage: .floats(values), count: values.count, name: name)
    }

    /// A column of 8-bit values that lie in memory, such as pixels.
    /// - Throws: `DuetError` of kind `badData` where they do not fill whole rows.
    public init(_ modality: Modality, shape: [Int], bytes: [UInt8], name: String? = nil) throws {
        try self.init(modality, shape: shape, storage: .bytes(bytes), count: bytes.count, name: name)
    }

    private init(_ modality: Modality, shape: [Int], storage: Part.Storage, count: Int, name: String?) throws {
        let name = name ?? modality.name
        let size = shape.reduce(1, *)
        guard size > 0, count.isMultiple(of: size) else {
            throw DuetError(.badData, "\(name): \(count) values do not fill whole rows of shape \(shape)")
        }
        self.init(modality, shape: shape, parts: [Part(storage, rows: count / size)])
        try check(name: name)
    }

    private init(_ modality: Modality, shape: [Int], parts: [Part]) {
        (self.modality, self.shape, self.parts) = (modality, shape, parts)
        count = parts.reduce(0) { $0 + $1.rows }
    }

    /// This column with the rows of another one of the same modality and shape behind its own.
    package func appending(_ other: Column) -> Column {
        Column(modality, shape: shape, parts: parts + other.parts)
    }

    /// Writes rows as they are, widened to float, one after another.
    /// - Parameters:
    ///   - rows: which rows, in order.
    ///   - target: room for `rows.count × size` values.
    /// - Throws: `DuetError` of kind `badData` where the file that holds the rows was cut short.
    public func gather(_ rows: some Sequence<Int>, into target: UnsafeMutablePointer<Float>) throws {
        let size = size
        for (position, row) in rows.enumerated() {
            try withRow(row) { values in
                let output = target + position * size
                switch values {
                case .bytes(let bytes): for i in 0..<size { output[i] = Float(bytes[i]) }
                case .floats(let floats): output.update(from: floats.baseAddress!, count: size)
                }
            }
        }
    }

    /// One row as it is, widened to float.
    public subscript(row: Int) -> [Float] {
        get throws {
            try [Float](unsafeUninitializedCapacity: size) { buffer, initialized in
                try gather(CollectionOfOne(row), into: buffer.baseAddress!)
                initialized = size
            }
        }
    }

    /// Tells the system that some rows will be read soon, where they lie in a file that may be larger than the memory.
    package func prefetch(_ rows: some Sequence<Int>) {
        for row in rows {
            guard let (part, row) = place(of: row), case .file(let file) = part.storage else { continue }
            file.prefetch((row * size)..<((row + 1) * size))
        }
    }

    /// A row's values, as long as a call of `withRow` lasts.
    enum RowValues {
        case bytes(UnsafeBufferPointer<UInt8>)
        case floats(UnsafeBufferPointer<Float>)
    }

    /// Calls `body` with a row's values.
    func withRow<Result>(_ row: Int, _ body: (RowValues) throws -> Result) throws -> Result {
        guard let (part, row) = place(of: row) else { preconditionFailure("row \(row) of \(count)") }
        return try part.withRow(row, size: size, body)
    }

    /// Where a row lies: in which part, and where in it.
    private func place(of row: Int) -> (part: Part, row: Int)? {
        guard row >= 0 else { return nil }
        var row = row
        for part in parts {
            if row < part.rows { return (part, row) }
            row -= part.rows
        }
        return nil
    }
}

extension Column {
    /// Rows that lie one behind the other.
    private final class Part: Sendable {
        enum Storage: Sendable {
            case bytes([UInt8])
            case floats([Float])
            case file(NPYFile)
        }

        let storage: Storage
        let rows: Int

        init(_ storage: Storage, rows: Int) {
            self.storage = storage
            self.rows = rows
        }

        /// Whether the values are 8-bit.
        var isOfBytes: Bool {
            switch storage {
            case .bytes: true
            case .floats: false
            case .file(let file): file.elementType == .uint8
            }
        }

        func withRow<Result>(
            _ row: Int, size: Int, _ body: (RowValues) throws -> Result
        ) throws -> Result {
            let range = (row * size)..<((row + 1) * size)
            switch storage {
            case .bytes(let values):
                return try values.withUnsafeBufferPointer { try body(.bytes($0.extracting(range))) }
            case .floats(let values):
                return try values.withUnsafeBufferPointer { try body(.floats($0.extracting(range))) }
            case .file(let file):
                let byteCount = size * file.elementType.size
                return try withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 16) { buffer in
                    try file.read(range, into: buffer)
                    return isOfBytes
                        ? try body(.bytes(UnsafeBufferPointer(buffer.bindMemory(to: UInt8.self))))
                        : try body(.floats(UnsafeBufferPointer(buffer.bindMemory(to: Float.self))))
                }
            }
        }
    }

    /// Loads a `.npy` file.
    ///
    /// 8-bit integers and 32-bit floats stay in the file and are read row by row; everything else is converted in memory.
    ///
    /// - Parameters:
    ///   - modality: which modality. Images have the shape (N, height, width), (N, height, width, channels) or, where they are
    ///     square, (N, height × width); audio features (N, values), (N, values, 1) or (N, frames, coefficients).
    ///   - url: the file.
    /// - Throws: `DuetError`, naming the file and the value.
    public init(_ modality: Modality, contentsOf url: URL) throws {
        if let file = try NPYFile(url) {
            let shape = try Self.rowShape(modality.kind, file.shape, name: url.path)
            self.init(modality, shape: shape, parts: [Part(.file(file), rows: file.shape[0])])
        } else {
            let array = try NPYArray(contentsOf: url)
            let shape = try Self.rowShape(modality.kind, array.shape, name: url.path)
            self.init(modality, shape: shape, parts: [Part(.floats(array.floats()), rows: array.shape[0])])
        }
        try check(name: url.path)
    }

    private static func rowShape(_ kind: Modality.Kind, _ shape: [Int], name: String) throws -> [Int] {
        switch kind {
        case .image:
            let side = shape.count == 2 ? Int(Double(shape[1]).squareRoot().rounded()) : 0
            switch shape.count {
            case 2 where side > 0 && side.multipliedReportingOverflow(by: side) == (shape[1], false):
                return [side, side, 1]
            case 3 where !shape.dropFirst().contains(0): return [shape[1], shape[2], 1]
            case 4 where !shape.dropFirst().contains(0): return Array(shape.dropFirst())
            default:
                throw DuetError(
                    .badData,
                    "\(name) has shape \(shape); expected images as [N, height, width], [N, height, width, channels] "
                        + "or, when square, [N, height * width]")
            }
        case .audio:
            let size = shape.dropFirst().reduce(1, *)
            guard (2...3).contains(shape.count), size > 0 else {
                throw DuetError(
                    .badData,
                    "\(name) has shape \(shape); expected audio features as [N, values], [N, values, 1] or "
                        + "[N, frames, coefficients]")
            }
            return [size, 1]
        }
    }

    /// Checks every value, which 8-bit ones need not be.
    private func check(name: String) throws {
        let kind = modality.kind
        let expected = kind == .image ? "a pixel from 0 to 255" : "a finite number"
        if parts.allSatisfy(\.isOfBytes) { return }
        for row in 0..<count {
            let culprit: (column: Int, value: Float)? = try withRow(row) { values in
                guard case .floats(let values) = values else { return nil }
                var areGood = true
                // Without an early exit the compiler checks many values at once; the culprit is looked for only if there is one.
                switch kind {
                case .image: for value in values { areGood = areGood && value >= 0 && value <= 255 }
                case .audio: for value in values { areGood = areGood && value - value == 0 }
                }
                if areGood { return nil }
                let isGood: (Float) -> Bool = kind == .image ? { $0 >= 0 && $0 <= 255 } : { $0 - $0 == 0 }
                return values.firstIndex { !isGood($0) }.map { ($0, values[$0]) }
            }
            if let culprit {
                throw DuetError(
                    .badData, "\(name), row \(row), column \(culprit.column): \(culprit.value); expected \(expected)")
            }
        }
    }
}
