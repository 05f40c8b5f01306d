/// All elements in one row, in Keras's order: the last axis (channels) runs fastest.
public struct Flatten: Layer {
    /// The layer's name in files and summaries.
    public static let kind = "Flatten"
    /// What the kind alone stands for.
    public static let withDefaults: Flatten? = Flatten()
    /// No settings.
    public static let settingNames: [String] = []

    /// Makes the layer's description.
    public init() {}

    /// One dimension, as long as the input has elements.
    public func outputShape(for inputs: [Shape]) throws -> Shape {
        [try soleInput(inputs).elementCount]
    }
}

/// Several vectors put one behind the other, in the order of the inputs.
public struct Concatenate: Layer {
    /// The layer's name in files and summaries.
    public static let kind = "Concatenate"
    /// What the kind alone stands for.
    public static let withDefaults: Concatenate? = Concatenate()
    /// No settings.
    public static let settingNames: [String] = []

    /// Makes the layer's description.
    public init() {}

    /// One dimension, as long as the inputs' together.
    public func outputShape(for inputs: [Shape]) throws -> Shape {
        guard inputs.count >= 2, inputs.allSatisfy({ $0.count == 1 }) else {
            throw NetworkError("Concatenate takes two or more vectors, but gets shapes \(inputs)")
        }
        return [inputs.reduce(0) { $0 + $1[0] }]
    }
}
