import NeuralNetwork
import Testing

/// Dense layers that are wide enough for kernels of our own, against sums in float64.
struct WideDenseTests {
    private static let (height, width, channels, units) = (16, 8, 16, 64)
    private static let inputs = height * width * channels

    /// A flattened image and a wide dense layer; with a convolution in front, whose channels lie in blocks.
    private func network(convolution: Bool) throws -> Network {
        var network = Network()
        try network.addInput("input", shape: [Self.height, Self.width, Self.channels])
        if convolution {
            try network.add(
                Conv2D(filters: Self.channels, kernel: 3, padding: .same), name: "conv", reading: ["input"])
        }
        try network.add(Flatten(), name: "flatten", reading: [convolution ? "conv" : "input"])
        try network.add(Dense(Self.units, activation: .relu), name: "dense", reading: ["flatten"])
        return network
    }

    @Test(arguments: [1, 5, 32, 33], [false, true])
    func agreesWithSumsInFloat64(batch: Int, convolution: Bool) throws {
        var generator = SplitMix(state: 11)
        let network = try network(convolution: convolution)
        // Biases start at zero; here they shall count.
        let parameters = Parameters(
            Parameters(initializing: network, using: &generator).entries.map { entry in
                guard entry.name == "dense.bias" else { return entry }
                return Parameters.Entry(
                    name: entry.name, shape: entry.shape, values: generator.values(Self.units))
            })
        let store = try ParameterStore(parameters, for: network)
        let product = try VectorJacobianProduct(network, output: "dense", batchSize: batch, store: store)
        let input = generator.values(batch * Self.inputs)
        let upstream = generator.values(batch * Self.units)
        _ = product.input("input").update(fromContentsOf: input)
        _ = product.upstream.update(fromContentsOf: upstream)
        product.run()

        var source = input
        if convolution {
            let inference = try Program(network, outputs: ["conv"], batchSize: batch, mode: .inference, store: store)
            _ = inference.input("input").update(fromContentsOf: input)
            inference.run()
            source = Array(inference.output("conv"))
        }
        let expected = Sums(source: source, upstream: upstream, batch: batch, parameters: parameters)
        expectClose(Array(product.output), expected.output, "output")
        let gradients = store.gradients()
        expectClose(gradients["dense.kernel"]!.values, expected.kernelGradient, "gradient of the kernel")
        expectClose(gradients["dense.bias"]!.values, expected.biasGradient, "gradient of the bias")
        if !convolution {
            expectClose(Array(product.inputGradient("input")), expected.sourceGradient, "gradient of the input")
        }
    }

    /// The dense layer's definition and its gradients, term by term.
    private struct Sums {
        var output: [Double]
        var sourceGradient: [Double]
        var kernelGradient: [Double]
        var biasGradient: [Double]

        init(source: [Float], upstream: [Float], batch: Int, parameters: Parameters) {
            let (inputs, units) = (WideDenseTests.inputs, WideDenseTests.units)
            let kernel = parameters["dense.kernel"]!.values
            output = (0..<batch * units).map { Double(parameters["dense.bias"]!.values[$0 % units]) }
            sourceGradient = Array(repeating: 0, count: batch * inputs)
            kernelGradient = Array(repeating: 0, count: inputs * units)
            biasGradient = Array(repeating: 0, count: units)
            for n in 0..<batch {
                for i in 0..<inputs {
                    let x = Double(source[n * inputs + i])
                    for u in 0..<units { output[n * units + u] += x * Double(kernel[i * units + u]) }
                }
                for u in 0..<units where output[n * units + u] > 0 {
                    let gradient = Double(upstream[n * units + u])
                    biasGradient[u] += gradient
                    for i in 0..<inputs {
                        sourceGradient[n * inputs + i] += gradient * Double(kernel[i * units + u])
                        kernelGradient[i * units + u] += gradient * Double(source[n * inputs + i])
                    }
                }
            }
            output = output.map { max($0, 0) }
        }
    }

    private func expectClose(_ values: [Float], _ expected: [Double], _ what: String) {
        let scale = expected.reduce(0) { max($0, abs($1)) }
        let difference = zip(values, expected).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
        #expect(values.count == expected.count && difference < 1e-5 * scale, "\(what): \(difference) of \(scale)")
    }

    /// A step moves the weights while it computes their gradient; Adam behind a gradient pass must lead to the same.
    @Test func adamWithinTheBackwardPassIsAdam() throws {
        var generator = SplitMix(state: 4)
        var network = try network(convolution: true)
        try network.add(Dense(3, activation: .softmax), name: "scores", reading: ["dense"])
        let parameters = Parameters(initializing: network, using: &generator)
        let values = generator.values(8 * Self.inputs)
        func trained(_ step: (Program, ParameterStore, Int) -> Void) throws -> (Parameters, ParameterStore.Moments) {
            let store = try ParameterStore(parameters, for: network)
            let program = try Program(network, outputs: ["scores"], batchSize: 8, mode: .training, store: store)
            _ = program.input("input").update(fromContentsOf: values)
            for row in program.labels.indices { program.labels[row] = Int32(row % 3) }
            for index in 1...3 { step(program, store, index) }
            return (store.parameters(), store.moments())
        }
        let within = try trained { program, _, index in program.step(Adam(), step: index, seed: 1) }
        let behind = try trained { program, _, index in
            program.gradientPass(step: index, seed: 1)
            program.applyGradients(Adam(), step: index)
        }
        for (one, other) in [
            (within.0, behind.0), (within.1.first, behind.1.first), (within.1.second, behind.1.second),
        ] {
            for entry in one.entries {
                expectClose(entry.values, other[entry.name]!.values.map(Double.init), entry.name)
            }
        }
        #expect(within.0 != parameters)
    }
}
