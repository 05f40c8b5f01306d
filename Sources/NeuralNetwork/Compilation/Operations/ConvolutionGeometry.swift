import CNetworkKernels

/// The sizes of a convolution over two dimensions of space, with stride 1. A sequence is an image of height 1; a dense layer
/// is a convolution of 1×1 over one row, whose pixels are the examples.
struct ConvolutionGeometry: Hashable {
    var batch = 1
    var height = 1
    var width: Int
    var inputChannels: Int
    var outputHeight = 1
    var outputWidth: Int
    var outputChannels: Int
    var kernelHeight = 1
    var kernelWidth = 1
    var paddingTop = 0
    var paddingLeft = 0

    /// A dense layer of a batch.
    init(batch: Int, inputs: Int, units: Int) {
        (width, outputWidth) = (batch, batch)
        (inputChannels, outputChannels) = (inputs, units)
    }

    /// A convolution from one Keras shape to another, with a kernel of as many sizes as there are dimensions of space.
    init(batch: Int, input: Shape, output: Shape, kernel: [Int], padding: Padding) {
        func size(_ shape: Shape) -> (height: Int, width: Int) {
            shape.count == 3 ? (shape[0], shape[1]) : (1, shape[0])
        }
        let (before, _) = padding.amounts(kernel: kernel[0])
        self.batch = batch
        (height, width) = size(input)
        (outputHeight, outputWidth) = size(output)
        inputChannels = input[input.count - 1]
        outputChannels = output[output.count - 1]
        kernelHeight = kernel.count == 2 ? kernel[0] : 1
        kernelWidth = kernel[kernel.count - 1]
        paddingTop = kernel.count == 2 ? before : 0
        paddingLeft = before
    }

    /// Whether this is a dense layer, whose examples are the pixels of one row.
    var isDense: Bool { batch == 1 && height == 1 && kernelWidth == 1 && kernelHeight == 1 }
    /// A dense layer's number of examples.
    var examples: Int { width }

    var weightCount: Int { kernelHeight * kernelWidth * inputChannels * outputChannels }
    /// Multiply-adds of each pass: every weight meets every place of the output once.
    var products: Double { Double(weightCount) * Double(batch * outputHeight * outputWidth) }

    /// Whether Winograd's algorithm F(4×4, 3×3) can compute it, and well enough: without fused multiply-adds its transforms round
    /// twice as coarsely, and more values change the side of a ReLU.
    func suitsWinograd(_ set: kernel_set) -> Bool {
        let isSame = paddingTop == 1 && paddingLeft == 1 && outputHeight == height && outputWidth == width
        return set.fuses_multiply_adds && kernelHeight == 3 && kernelWidth == 3 && isSame
            && inputChannels % set.lanes == 0 && outputChannels % set.lanes == 0
    }

    /// The multiply-adds of Winograd's algorithm: 36 for each pair of channels in each tile of 4×4 outputs, and the tiles'
    /// transforms, each as much work as some dozen products for each channel and point.
    var productsOfWinograd: Double {
        let tiles = Double(batch * ((outputHeight + 3) / 4) * ((outputWidth + 3) / 4))
        let transforms = 12 * Double(inputChannels + outputChannels)
        return tiles * 36 * (Double(inputChannels * outputChannels) + transforms)
    }

    /// For the kernels that take convolutions.
    func convolution(_ type: ElementType) -> kernel_convolution {
        kernel_convolution(
            batch: batch, height: height, width: width, input_channels: inputChannels, output_height: outputHeight,
            output_width: outputWidth, output_channels: outputChannels, kernel_height: kernelHeight,
            kernel_width: kernelWidth, padding_top: paddingTop, padding_left: paddingLeft, type: type.ofKernels)
    }

    /// For the kernels that take dense layers.
    func dense(_ type: ElementType) -> kernel_dense {
        kernel_dense(batch: examples, inputs: inputChannels, units: outputChannels, type: type.ofKernels)
    }
}
