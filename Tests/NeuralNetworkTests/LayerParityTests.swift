import NeuralNetwork
import Testing

/// Every layer against PyTorch's float64: output, gradients of input and weights, moving statistics.
struct LayerParityTests {
    @Test(arguments: LayerFixtures.all.cases.filter { $0.training != false })
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

    @Test(arguments: LayerFixtures.all.cases.filter { $0.training != true })
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

extension LayerFixtures.Case {
    /// The layer alone as a network with the fixture's weights.
    func network(endingInVector: Bool = false) throws -> (Network, ParameterStore) {
        var network = Network()
        try network.addInput("input", shape: Array(input.shape.dropFirst()))
        try network.add(layer.layer, name: "layer", reading: ["input"])
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
