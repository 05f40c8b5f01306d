import CKernels
import COneDNN
import Testing

/// Winograd's convolutions against the definition, in float64.
@Suite(.enabled(if: dnn_has_avx512()))
struct WinogradTests {
    struct Subject: CustomStringConvertible, Sendable {
        var batch = 1
        let height, width, inputs, outputs: Int
        var hasReLU = false
        var description: String {
            "\(batch)×\(height)×\(width), \(inputs) to \(outputs), \(hasReLU ? "ReLU" : "linear")"
        }

        var shape: kernel_winograd_shape {
            kernel_winograd_shape(
                batch: batch, height: height, width: width, input_channels: inputs, output_channels: outputs)
        }
        var positions: Int { batch * height * width }

        /// Where a value lies in nChw16c, [batch][channels / 16][height][width][16].
        func place(_ channels: Int, _ image: Int, _ channel: Int, _ y: Int, _ x: Int) -> Int {
            (((image * (channels / 16) + channel / 16) * height + y) * width + x) * 16 + channel % 16
        }
    }

    static let subjects = [
        Subject(batch: 3, height: 28, width: 28, inputs: 32, outputs: 32, hasReLU: true),
        Subject(batch: 5, height: 14, width: 14, inputs: 32, outputs: 64, hasReLU: true),
        Subject(batch: 2, height: 7, width: 5, inputs: 48, outputs: 16),
        Subject(height: 5, width: 28, inputs: 16, outputs: 48, hasReLU: true),
        Subject(batch: 33, height: 1, width: 1, inputs: 64, outputs: 32),
        Subject(height: 2, width: 3, inputs: 16, outputs: 16, hasReLU: true),
    ]

    @Test(arguments: subjects)
    func float32(_ subject: Subject) {
        let data = WinogradData(subject)
        let reference = WinogradReference(data)
        let scratch = Scratch(subject)
        var shape = subject.shape

        var output = [Float](repeating: .nan, count: data.gradient.count)
        kernel_winograd_forward(
            &shape, kernel_float32, data.source, data.weights, data.bias, subject.hasReLU, &output, scratch.memory)
        expectClose(output, reference.output, within: 1e-5, "output")

        var sourceGradient = [Float](repeating: .nan, count: data.source.count)
        var weightsGradient = [Float](repeating: .nan, count: data.weights.count)
        var biasGradient = [Float](repeating: .nan, count: data.bias.count)
        data.withMask { mask in
            kernel_winograd_backward_data(
                &shape, kernel_float32, data.gradient, mask, data.weights, &sourceGradient, scratch.memory)
            kernel_winograd_backward_weights(
                &shape, kernel_float32, data.source, data.gradient, mask, &weightsGradient, &biasGradient,
                scratch.memory)
        }
        expectClose(sourceGradient, reference.sourceGradient, within: 1e-5, "source gradient")
        expectClose(weightsGradient, reference.weightsGradient, within: 1e-5, "weights gradient")
        expectClose(biasGradient, reference.biasGradient, within: 1e-6, "bias gradient")
    }

    /// The inputs are exact in bfloat16, so that only what is stored as bfloat16 is rounded: to 8 bits.
    @Test(arguments: subjects)
    func bfloat16(_ subject: Subject) {
        let data = WinogradData(subject)
        let reference = WinogradReference(data)
        let scratch = Scratch(subject)
        var shape = subject.shape
        let source = data.source.map(\.upperHalf), gradient = data.gradient.map(\.upperHalf)

        var output = [UInt16](repeating: 0x7fc0, count: gradient.count)
        kernel_winograd_forward(
            &shape, kernel_bfloat16, source, data.weights, data.bias, subject.hasReLU, &output, scratch.memory)
        expectClose(output.map(Float.init(upperHalf:)), reference.output, within: 0x1p-8, "output")

        var sourceGradient = [UInt16](repeating: 0x7fc0, count: source.count)
        var weightsGradient = [Float](repeating: .nan, count: data.weights.count)
        var biasGradient = [Float](repeating: .nan, count: data.bias.count)
        let mask = data.mask.map(\.upperHalf)
        mask.withUnsafeBufferPointer { mask in
            let mask = subject.hasReLU ? mask.baseAddress : nil
            kernel_winograd_backward_data(
                &shape, kernel_bfloat16, gradient, mask, data.weights, &sourceGradient, scratch.memory)
            kernel_winograd_backward_weights(
                &shape, kernel_bfloat16, source, gradient, mask, &weightsGradient, &biasGradient, scratch.memory)
        }
        expectClose(
            sourceGradient.map(Float.init(upperHalf:)), reference.sourceGradient, within: 0x1p-8, "source gradient")
        expectClose(weightsGradient, reference.weightsGradient, within: 1e-5, "weights gradient")
        expectClose(biasGradient, reference.biasGradient, within: 1e-6, "bias gradient")
    }

    @Test func aNotANumberIsSeen() {
        let subject = Subject(height: 6, width: 6, inputs: 16, outputs: 16, hasReLU: true)
        var data = WinogradData(subject)
        data.source[subject.place(16, 0, 3, 2, 2)] = .nan
        let scratch = Scratch(subject)
        var shape = subject.shape
        var output = [Float](repeating: 0, count: data.gradient.count)
        kernel_winograd_forward(
            &shape, kernel_float32, data.source, data.weights, data.bias, true, &output, scratch.memory)
        #expect(output[subject.place(16, 0, 7, 2, 2)].isNaN)
        var rounded = [UInt16](repeating: 0, count: output.count)
        let source = data.source.map(\.upperHalf)
        kernel_winograd_forward(
            &shape, kernel_bfloat16, source, data.weights, data.bias, true, &rounded, scratch.memory)
        #expect(Float(upperHalf: rounded[subject.place(16, 0, 7, 2, 2)]).isNaN)
    }

    /// Whether all values are within a tolerance, relative to the largest.
    private func expectClose(_ values: [Float], _ reference: [Double], within tolerance: Double, _ what: String) {
        let largest = reference.reduce(0) { max($0, abs($1)) }
        let isClose = zip(values, reference).allSatisfy { abs(Double($0) - $1) <= tolerance * largest }
        #expect(isClose, "\(what)")
    }

    /// Scratch memory that holds no usable number when a kernel begins.
    private final class Scratch {
        let memory: UnsafeMutableRawPointer

        init(_ subject: Subject) {
            var shape = subject.shape
            let bytes = kernel_winograd_scratch(&shape, 64)
            memory = .allocate(byteCount: bytes, alignment: 64)
            memory.initializeMemory(as: UInt8.self, repeating: 0xff, count: bytes)
        }

        deinit { memory.deallocate() }
    }
}
