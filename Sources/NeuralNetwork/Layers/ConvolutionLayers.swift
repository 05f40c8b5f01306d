// Conv1D and Conv2D differ in their number of spatial axes alone. What they share is here.

extension Padding {
    /// The zeros put before and after an axis for a kernel of this size.
    func amounts(kernel: Int) -> (before: Int, after: Int) {
        switch self {
        case .valid: (0, 0)
        case .same: ((kernel - 1) / 2, kernel / 2)
        }
    }

    /// An axis's length after a convolution.
    func outputLength(input: Int, kernel: Int) -> Int {
        switch self {
        case .valid: input - kernel + 1
        case .same: input
        }
    }
}

/// Output shape of a convolution with a kernel of `kernel`'s sizes over the axes before the channels.
func convolutionOutputShape(
    _ kind: String, _ input: Shape, filters: Int, kernel: [Int], padding: Padding, activation: Activation
) throws -> Shape {
    let axes = kernel.count == 1 ? "[steps, channels]" : "[height, width, channels]"
    guard input.count == kernel.count + 1 else {
        throw NetworkError("\(kind) takes an input of shape \(axes), but gets \(input)")
    }
    guard filters > 0 else { throw NetworkError("\(kind): filters must be at least 1, but is \(filters)") }
    guard kernel.allSatisfy({ $0 > 0 }) else {
        throw NetworkError("\(kind): the kernel must be at least 1 wide, but is \(kernel)")
    }
    guard activation.form != .rowwise else {
        throw NetworkError("\(kind): its activation cannot be \(activation.rawValue), which belongs on a Dense layer")
    }
    let space = zip(input, kernel).map { padding.outputLength(input: $0, kernel: $1) }
    guard space.allSatisfy({ $0 > 0 }) else {
        throw NetworkError("\(kind): an input of shape \(input) is too small for a \(kernel) kernel without padding")
    }
    return space + [filters]
}

/// Kernel and bias of a convolution, with Keras's fans: the window's size times the channels.
func convolutionWeights(input: Shape, filters: Int, kernel: [Int]) -> [WeightSpecification] {
    let channels = input.last ?? 0
    let window = kernel.reduce(1, *)
    return [
        WeightSpecification(
            "kernel", kernel + [channels, filters],
            .glorotUniform(fanIn: window * channels, fanOut: window * filters)),
        WeightSpecification("bias", [filters], .zeros),
    ]
}

extension Lowering {
    /// A convolution with the layer's kernel and bias, and its activation.
    mutating func convolve(
        _ input: SymbolicTensor, _ geometry: ConvolutionGeometry, _ activation: Activation, shape: Shape
    ) throws -> SymbolicTensor {
        let (kernel, bias) = (try weights("kernel"), try weights("bias"))
        let sums = emit(Convolution(geometry: geometry), reading: [input.value, kernel, bias], shape: shape)
        return apply(activation, to: sums)
    }
}
