/// Convolutions by the definition, in plain loops with sums in float64: what the fast kernels are checked against, and what
/// runs a shape that they do not take. All arrays are float32.
enum ReferenceConvolution {
    static func forward(_ operation: Convolution) -> Kernel {
        let geometry = operation.geometry
        let (isRectified, isRescaled) = (operation.activation == .relu, operation.isRescaled)
        return reference(geometry, inputs: 3, outputs: 1) { arguments in
            let (source, weights, bias) = (arguments.floats(0), arguments.floats(1), arguments.floats(2))
            geometry.forEachOutput { pixel in
                for channel in 0..<geometry.outputChannels {
                    var sum = Double(bias[channel])
                    geometry.forEachTap(of: pixel) { from, tap in
                        for input in 0..<geometry.inputChannels {
                            sum +=
                                Double(source[from + input])
                                * Double(weights[(tap + input) * geometry.outputChannels + channel])
                        }
                    }
                    // A NaN stays one.
                    if isRectified && sum < 0 { sum = 0 }
                    if isRescaled {
                        sum = sum * Double(arguments.floats(3)[channel]) + Double(arguments.floats(4)[channel])
                    }
                    arguments.results(0)[pixel.index * geometry.outputChannels + channel] = Float(sum)
                }
            }
        }
    }

    static func sourceGradient(_ operation: ConvolutionSourceGradient) -> Kernel {
        let (geometry, isMasked) = (operation.geometry, operation.isMasked)
        return reference(geometry, inputs: isMasked ? 3 : 2, outputs: 1) { arguments in
            let (gradient, weights, result) = (arguments.floats(0), arguments.floats(1), arguments.results(0))
            let inputs = geometry.batch * geometry.height * geometry.width * geometry.inputChannels
            result.update(repeating: 0, count: inputs)
            geometry.forEachOutput { pixel in
                let output = pixel.index * geometry.outputChannels
                geometry.forEachTap(of: pixel) { from, tap in
                    for channel in 0..<geometry.outputChannels {
                        if isMasked && arguments.floats(2)[output + channel] <= 0 { continue }
                        for input in 0..<geometry.inputChannels {
                            result[from + input] +=
                                gradient[output + channel] * weights[(tap + input) * geometry.outputChannels + channel]
                        }
                    }
                }
            }
        }
    }

    static func weightGradients(_ operation: ConvolutionWeightGradients) -> Kernel {
        let (geometry, isMasked) = (operation.geometry, operation.isMasked)
        return reference(geometry, inputs: isMasked ? 3 : 2, outputs: 2) { arguments in
            let (source, gradient) = (arguments.floats(0), arguments.floats(1))
            var (weights, bias) = (
                [Double](repeating: 0, count: geometry.weightCount),
                [Double](repeating: 0, count: geometry.outputChannels)
            )
            geometry.forEachOutput { pixel in
                for channel in 0..<geometry.outputChannels {
                    let output = pixel.index * geometry.outputChannels + channel
                    if isMasked && arguments.floats(2)[output] <= 0 { continue }
                    bias[channel] += Double(gradient[output])
                    geometry.forEachTap(of: pixel) { from, tap in
                        for input in 0..<geometry.inputChannels {
                            weights[(tap + input) * geometry.outputChannels + channel] +=
                                Double(source[from + input]) * Double(gradient[output])
                        }
                    }
                }
            }
            for (index, sum) in weights.enumerated() { arguments.results(0)[index] = Float(sum) }
            for (index, sum) in bias.enumerated() { arguments.results(1)[index] = Float(sum) }
        }
    }

    private static func reference(
        _ geometry: ConvolutionGeometry, inputs: Int, outputs: Int, _ run: @escaping (Arguments) -> Void
    ) -> Kernel {
        Kernel(
            name: "reference", isReference: true, cost: geometry.products * 50,
            inputs: Array(repeating: .elements(.float32), count: inputs),
            outputs: Array(repeating: .float32, count: outputs), run: run)
    }
}

extension ConvolutionGeometry {
    /// A pixel of the output.
    fileprivate struct Pixel {
        let image: Int
        let row: Int
        let column: Int
        /// Counted through all images.
        let index: Int
    }

    fileprivate func forEachOutput(_ body: (Pixel) -> Void) {
        for index in 0..<batch * outputHeight * outputWidth {
            body(
                Pixel(
                    image: index / (outputHeight * outputWidth), row: index / outputWidth % outputHeight,
                    column: index % outputWidth, index: index))
        }
    }

    /// Calls `body` with the place of the source's channels and of the weights' rows for each tap that meets the source.
    fileprivate func forEachTap(of pixel: Pixel, _ body: (_ source: Int, _ tap: Int) -> Void) {
        for row in 0..<kernelHeight {
            for column in 0..<kernelWidth {
                let (y, x) = (pixel.row + row - paddingTop, pixel.column + column - paddingLeft)
                guard (0..<height).contains(y), (0..<width).contains(x) else { continue }
                body(
                    ((pixel.image * height + y) * width + x) * inputChannels,
                    (row * kernelWidth + column) * inputChannels)
            }
        }
    }
}
