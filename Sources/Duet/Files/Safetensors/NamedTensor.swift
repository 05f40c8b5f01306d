import NeuralNetwork

/// An array with a name, as a model file holds it.
public struct NamedTensor: Sendable, Equatable {
    /// The name, unique in its file: "image.conv2d.kernel".
    public var name: String
    /// The length of each axis; empty for a single number.
    public var shape: [Int]
    /// The values, the last axis running fastest. As many as the product of `shape`.
    public var values: [Float] {
        get { storage.array }
        set { storage = .array(newValue) }
    }
    /// The values, wherever they lie.
    public private(set) var storage: FloatStorage

    /// A tensor from its parts.
    public init(name: String, shape: [Int], values: [Float]) {
        self.init(name: name, shape: shape, storage: .array(values))
    }

    /// A tensor from its parts, whose values may lie elsewhere.
    public init(name: String, shape: [Int], storage: FloatStorage) {
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
