import NeuralNetwork
import Testing

/// Every layer against PyTorch's float64: output, gradients of input and weights, moving statistics.
struct LayerParityTests {
    @Test(arguments: LayerFixtures.all.cases.filter { $0.settings.training != false })
    func trainingPass(of fixture: LayerFixtures.Case) throws {
        let (network, store) = try fixture.network()
        let product = try VectorJacobianProduct(
            network, output: "layer", batchSize: fixture.input.shape[0], store: store)
        _ = product.input("input").update(fromContentsOf: fixture.input.values)
        _ = product.upstream.update(fromContentsOf: fixture.upstream.values)
        product.run()

        expectClose(Array(product.output), fixture.output.values, "output")
        expectClose(Array(product.inputGradient("input")), fixture.inputGradient.values, "input gradient")
        let gradients = store.gradients()
        for (name, expected) in fixture.parameterGradients {
            let gradient = try #require(gradients["layer.\(name)"])
            #expect(gradient.shape == expected.shape)
            expectClose(gradient.values, expected.values, "gradient of \(name)")
        }
        let parameters = store.parameters()
        for (name, expected) in fixture.movedStatistics {
            expectClose(try #require(parameters["layer.\(name)"]).values, expected.values, name)
        }
    }

    @Test(arguments: LayerFixtures.all.cases.filter { $0.settings.training != true })
    func inferencePass(of fixture: LayerFixtures.Case) throws {
        let (network, store) = try fixture.network(endingInVector: true)
        let end = network.nodes.last!.name
        let program = try Program(
            network, outputs: [end], batchSize: fixture.input.shape[0], mode: .inference, store: store)
        _ = program.input("input").update(fromContentsOf: fixture.input.values)
        program.run()
        expectClose(Array(program.output(end)), fixture.output.values, "output")
    }
}

extension LayerParityTests {
    /// An activation without numbers from PyTorch could be wrong in the same way forward and backward.
    @Test(arguments: Activation.allCases.filter { $0 != .linear }, ["Dense", "Conv1D", "Conv2D", "Activation"])
    func everyActivationHasNumbersFromPyTorch(activation: Activation, layer: String) {
        guard activation != .softmax || layer == "Dense" || layer == "Activation" else { return }
        let cases = LayerFixtures.all.cases.filter {
            ($0.layer == layer && $0.settings.activation == activation.rawValue)
                || (layer == "Activation" && activation == .softmax && $0.layer == "Softmax")
        }
        #expect(
            !cases.isEmpty,
            "layers.json has no \(layer) with \(activation.rawValue): add it to make_layers.py's activations and run it"
        )
    }
}

extension LayerFixtures.Case {
    /// The layer alone as a network with the fixture's weights.
    func network(endingInVector: Bool = false) throws -> (Network, ParameterStore) {
        var network = Network()
        try network.addInput("input", shape: Array(input.shape.dropFirst()))
        try network.add(try layerDescription(), name: "layer", reading: ["input"])
        if endingInVector && output.shape.count > 2 {
            try network.add(Flatten(), name: "flat", reading: ["layer"])
        }
        let entries = network.nodes[0].weights.map { weight in
            Parameters.Entry(
                name: "layer.\(weight.name)", shape: parameters[weight.name]!.shape,
                values: parameters[weight.name]!.values)
        }
        return (network, try ParameterStore(Parameters(entries), for: network))
    }

    private func layerDescription() throws -> any Layer {
        let activation = Activation(rawValue: settings.activation ?? "linear")!
        let padding = Padding(rawValue: settings.padding ?? "valid")!
        let kernel = parameters["kernel"]?.shape ?? []
        switch layer {
        case "Conv1D": return Conv1D(filters: kernel[2], kernel: kernel[0], padding: padding, activation: activation)
        case "Conv2D": return Conv2D(filters: kernel[3], kernel: kernel[0], padding: padding, activation: activation)
        case "Dense": return Dense(kernel[1], activation: activation)
        case "BatchNormalization": return BatchNormalization()
        case "MaxPooling1D": return MaxPooling1D()
        case "MaxPooling2D": return MaxPooling2D()
        case "Softmax": return ActivationLayer(.softmax)
        case "Activation": return ActivationLayer(activation)
        default: throw NetworkError("the fixture has an unknown layer \(layer)")
        }
    }
}

/// Expects two arrays to differ by no more than `tolerance` of the expected one's norm.
func expectClose(
    _ actual: [Float], _ expected: [Float], _ what: String, tolerance: Double = 1e-5,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(actual.count == expected.count, "\(what)", sourceLocation: sourceLocation)
    func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let difference = norm(zip(actual, expected).map { Double($0) - Double($1) })
    let limit = tolerance * max(norm(expected.map(Double.init)), 1e-6)
    #expect(difference <= limit, "\(what) is off by \(difference), more than \(limit)", sourceLocation: sourceLocation)
}
