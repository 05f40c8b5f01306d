/// An array that a program reads or writes while it runs. Its place in memory is settled once, when the program is
/// compiled.
final class Tensor {
    let name: String
    let layout: Layout
    let byteCount: Int
    let elementType: ElementType
    /// Set for tensors with memory of their own; the others share the program's arena.
    let ownMemory: Memory?
    private(set) var address: UnsafeMutableRawPointer?
    /// For an activation: whether it came out of a ReLU.
    var isRectified = false
    /// For a gradient: whether it is 0 already where the ReLU in front let nothing through.
    var hasReLUMask = false
    /// The batch normalization that the layer in front has done already, by its name.
    var normalizedBy: String?
    /// A batch normalization that the reader has to do.
    var rescaling: Rescaling?

    /// A tensor that lives in the arena while it is needed.
    init(_ name: String, _ layout: Layout) {
        self.name = name
        self.layout = layout
        byteCount = layout.byteCount
        elementType = layout.elementType
        ownMemory = nil
    }

    /// A tensor that keeps its memory from run to run; it begins `offset` bytes into it.
    init(_ name: String, _ layout: Layout, memory: Memory, offset: Int = 0) {
        self.name = name
        self.layout = layout
        byteCount = layout.byteCount
        elementType = layout.elementType
        ownMemory = memory
        address = memory.address + offset
    }

    func place(at address: UnsafeMutableRawPointer) { self.address = address }

    /// The number of elements; with blocked layouts, padding included.
    var elementCount: Int { byteCount / elementType.byteCount }

    /// The elements of scratch memory for sums in float64.
    var doubles: UnsafeMutablePointer<Double>? { address?.assumingMemoryBound(to: Double.self) }

    /// The elements of a tensor that is float32 in every precision.
    var floats: UnsafeMutableBufferPointer<Float> {
        precondition(elementType == .float32, "'\(name)' is not float32")
        return UnsafeMutableBufferPointer(start: address?.assumingMemoryBound(to: Float.self), count: elementCount)
    }
}
