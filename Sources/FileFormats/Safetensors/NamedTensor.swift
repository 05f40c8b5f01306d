/// An array with a name, as a model file holds it.
package struct NamedTensor: Sendable {
    /// The name, unique in its file: "image.conv2d.kernel".
    package var name: String
    /// The length of each axis; empty for a single number.
    package var shape: [Int]
    /// The values, wherever they lie.
    package private(set) var storage: Storage

    /// Where the values lie.
    package enum Storage: Sendable {
        /// In an array.
        case array([Float])
        /// In a file.
        case mapped(MappedFloats)
    }

    /// The values, the last axis running fastest. As many as the product of `shape`.
    package var values: [Float] {
        get {
            switch storage {
            case .array(let values): values
            case .mapped(let values): Array(values.values)
            }
        }
        set { storage = .array(newValue) }
    }

    /// A tensor from its parts.
    package init(name: String, shape: [Int], values: [Float]) {
        self.init(name: name, shape: shape, storage: .array(values))
    }

    init(name: String, shape: [Int], storage: Storage) {
        self.name = name
        self.shape = shape
        self.storage = storage
    }

    /// The product of the lengths; nil where one is negative or the product is beyond what an integer counts.
    static func elementCount(of shape: [Int]) -> Int? {
        var count = 1
        for length in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard length >= 0, !overflow else { return nil }
            count = product
        }
        return count
    }
}

extension NamedTensor: Equatable {
    /// Whether name, shape and values are equal, wherever the values lie.
    package static func == (a: NamedTensor, b: NamedTensor) -> Bool {
        a.name == b.name && a.shape == b.shape && a.values == b.values
    }
}

/// Floats in a mapped file.
package struct MappedFloats: @unchecked Sendable {
    // Unchecked: a pointer into memory that nobody changes.
    /// What keeps the values in memory.
    package let file: MappedFile
    /// The values, as long as `file` lives.
    package let values: UnsafeBufferPointer<Float>

    /// The floats in some of the file's bytes; nil where they are not aligned, or numbers have another order of bytes here.
    init?(_ file: MappedFile, _ range: Range<Int>) {
        guard range.lowerBound % MemoryLayout<Float>.alignment == 0, 1.littleEndian == 1 else { return nil }
        self.file = file
        values = UnsafeRawBufferPointer(rebasing: file.bytes[range]).assumingMemoryBound(to: Float.self)
    }
}
