import COneDNN

/// How a tensor's elements lie in memory: plain strides, or one of oneDNN's blocked orders; and what they are.
final class Layout: Equatable {
    let pointer: OpaquePointer

    /// Takes over a layout that oneDNN made.
    init(owning pointer: OpaquePointer?) throws {
        guard let pointer else { throw ExecutionError.fromOneDNN("a memory layout") }
        self.pointer = pointer
    }

    /// Plain strides, in elements. Dimensions are in oneDNN's order: batch (or outputs), channels (or inputs), space.
    convenience init(dimensions: [Int], strides: [Int], elementType: ElementType = .float32) throws {
        try self.init(
            owning: dnn_layout_strided(
                dimensions.map(Int64.init), strides.map(Int64.init), Int32(dimensions.count), elementType.ofOneDNN))
    }

    deinit { dnn_layout_free(pointer) }

    /// The bytes that a tensor takes, padding of blocked orders included.
    var byteCount: Int { dnn_layout_bytes(pointer) }

    /// What the elements are. Means nothing for a primitive's own memory, its workspace and its scratch.
    var elementType: ElementType { ElementType(dnn_layout_element_type(pointer)) }

    static func == (a: Layout, b: Layout) -> Bool { dnn_layout_equal(a.pointer, b.pointer) }
}

extension Layout {
    /// A batch of examples of a Keras shape, as a caller writes them: one example after the other, channels fastest.
    ///
    /// A vector gets two dimensions, everything else four; a sequence is an image of height 1.
    static func examples(_ shape: Shape, batch: Int, elementType: ElementType = .float32) throws -> Layout {
        if shape.count == 1 {
            return try Layout(dimensions: [batch, shape[0]], strides: [shape[0], 1], elementType: elementType)
        }
        let (height, width, channels) = imageDimensions(shape)
        // With one channel the order of channels and space makes no difference in memory, but oneDNN's fast first
        // layer wants it described as channels first.
        let channelStride = channels == 1 ? height * width : 1
        return try Layout(
            dimensions: [batch, channels, height, width],
            strides: [height * width * channels, channelStride, width * channels, channels], elementType: elementType)
    }

    /// Room for so many float64 values; oneDNN never sees it.
    static func doubles(_ count: Int) throws -> Layout { try Layout(dimensions: [2 * count], strides: [1]) }

    /// A batch of images whose channels lie in blocks: 1 with channels first, all of them with channels last.
    static func channelBlocks(
        of block: Int, _ shape: Shape, batch: Int, elementType: ElementType
    ) throws -> Layout {
        let (height, width, channels) = imageDimensions(shape)
        return try Layout(
            owning: dnn_layout_channel_blocks(
                [batch, channels, height, width].map(Int64.init), Int64(block), elementType.ofOneDNN))
    }

    /// A weight array in Keras's layout, seen in oneDNN's order of dimensions.
    static func kerasWeights(_ shape: Shape) throws -> Layout {
        switch shape.count {
        case 1: return try Layout(dimensions: shape, strides: [1])
        case 2: return try Layout(dimensions: [shape[1], shape[0]], strides: [1, shape[1]])
        case 5:
            // A dense kernel over blocked channels: `WideDense` keeps it in the shape's own order of dimensions.
            let strides = shape.indices.map { Array(shape[($0 + 1)...]).elementCount }
            return try Layout(dimensions: shape, strides: strides)
        default:
            let (inputs, outputs) = (shape[shape.count - 2], shape[shape.count - 1])
            let (height, width) = shape.count == 3 ? (1, shape[0]) : (shape[0], shape[1])
            return try Layout(
                dimensions: [outputs, inputs, height, width],
                strides: [1, outputs, width * inputs * outputs, inputs * outputs])
        }
    }
}

/// Height, width and channels of a Keras shape `[height, width, channels]` or `[steps, channels]`.
func imageDimensions(_ shape: Shape) -> (height: Int, width: Int, channels: Int) {
    shape.count == 2 ? (1, shape[0], shape[1]) : (shape[0], shape[1], shape[2])
}

/// oneDNN refused: our fault, or a machine that it does not know.
public struct ExecutionError: Error, Sendable, CustomStringConvertible {
    /// What could not be made or run, and oneDNN's own words.
    public let description: String

    static func fromOneDNN(_ what: String) -> ExecutionError {
        ExecutionError(description: "oneDNN could not make \(what): \(String(cString: dnn_last_error()))")
    }
}
