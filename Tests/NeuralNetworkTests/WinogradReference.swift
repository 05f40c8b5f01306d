/// What a Winograd test convolves: values that are exact in bfloat16, in the kernels' layouts.
struct WinogradData {
    let subject: WinogradTests.Subject
    var source: [Float]
    let weights, bias, gradient: [Float]
    /// A ReLU's output, the mask of its backward pass.
    let mask: [Float]

    init(_ subject: WinogradTests.Subject) {
        self.subject = subject
        var generator = SplitMix(state: 11)
        func values(_ count: Int) -> [Float] { generator.values(count).map { Float(upperHalf: $0.upperHalf) } }
        source = values(subject.positions * subject.inputs)
        weights = values(9 * subject.inputs * subject.outputs)
        bias = values(subject.outputs)
        gradient = values(subject.positions * subject.outputs)
        mask = values(subject.positions * subject.outputs).map { max($0, 0) }
    }

    /// Calls the body with the mask if there is a ReLU, with nil if not.
    func withMask(_ body: (UnsafePointer<Float>?) -> Void) {
        mask.withUnsafeBufferPointer { body(subject.hasReLU ? $0.baseAddress : nil) }
    }
}

/// A convolution with padding "same" and its gradients, by their definition, in float64.
struct WinogradReference {
    private(set) var output, sourceGradient, weightsGradient, biasGradient: [Double]

    init(_ data: WinogradData) {
        let subject = data.subject
        let inputs = subject.inputs, outputs = subject.outputs
        output = [Double](repeating: 0, count: data.gradient.count)
        sourceGradient = [Double](repeating: 0, count: data.source.count)
        weightsGradient = [Double](repeating: 0, count: data.weights.count)
        biasGradient = [Double](repeating: 0, count: outputs)
        let source = data.source.map(Double.init), weights = data.weights.map(Double.init)
        let gradient = zip(data.gradient, data.mask).map { subject.hasReLU && $1 <= 0 ? 0 : Double($0) }

        for image in 0..<subject.batch {
            for y in 0..<subject.height {
                for x in 0..<subject.width {
                    for channel in 0..<outputs {
                        let place = subject.place(outputs, image, channel, y, x)
                        output[place] += Double(data.bias[channel])
                        biasGradient[channel] += gradient[place]
                    }
                    for tap in 0..<9 {
                        let (fromY, fromX) = (y + tap / 3 - 1, x + tap % 3 - 1)
                        guard 0..<subject.height ~= fromY, 0..<subject.width ~= fromX else { continue }
                        for input in 0..<inputs {
                            let from = subject.place(inputs, image, input, fromY, fromX)
                            for channel in 0..<outputs {
                                let place = subject.place(outputs, image, channel, y, x)
                                let weight = (tap * inputs + input) * outputs + channel
                                output[place] += source[from] * weights[weight]
                                sourceGradient[from] += gradient[place] * weights[weight]
                                weightsGradient[weight] += source[from] * gradient[place]
                            }
                        }
                    }
                }
            }
        }
        if subject.hasReLU { output = output.map { max($0, 0) } }
    }
}

extension Float {
    /// The bfloat16 below or above: the first half of the bits.
    var upperHalf: UInt16 { UInt16(bitPattern >> 16) }

    init(upperHalf: UInt16) { self.init(bitPattern: UInt32(upperHalf) << 16) }
}
