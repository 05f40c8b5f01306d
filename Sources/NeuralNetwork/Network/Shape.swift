/// A tensor's dimensions without the batch, in Keras's order: `[height, width, channels]` for an image, `[steps,
/// channels]` for a sequence, `[features]` for a vector.
public typealias Shape = [Int]

extension Shape {
    /// The number of elements; 1 for an empty shape.
    public var elementCount: Int { reduce(1, *) }

    /// The shape as Keras prints it, with `None` for the batch: `(None, 28, 28, 1)`.
    public var kerasDescription: String {
        "(None, " + map(String.init).joined(separator: ", ") + ")"
    }
}
