import Duet
import Foundation
import NeuralNetwork
import TestSupport
import Testing

/// What every fusion must do, whichever it is.
@Suite(.serialized)
struct FusionTests {
    @Test(arguments: Fusions.all.map { $0.name })
    func everyFusionLearnsAndDoesWithoutAModality(name: String) throws {
        let data = try SmallData()
        defer { data.remove() }
        var configuration = data.configuration()
        let fusion = try #require(Fusions.named(name))
        configuration.model = .custom(SmallData.model.joined(by: fusion))
        configuration.modalityDropout = 0.4
        configuration.epochs = 12
        let outcome = try data.train(configuration)
        #expect(outcome.metrics.test.accuracies.all.accuracy > 0.95)
        // Four classes: 0.25 by chance.
        for (modality, alone) in outcome.metrics.test.accuracies.alone {
            #expect(alone.accuracy > 0.6, "\(modality)")
        }
        let saved = try TrainedModel(contentsOf: RunFolder(URL(fileURLWithPath: configuration.output)).model)
        #expect(type(of: saved.architecture.fusion).name == name)
    }

    @Test func theAverageIsTheMeanAndSoIsItsGradient() throws {
        var network = Network()
        for name in ["a", "b", "c"] { try network.addInput(name, shape: [2]) }
        try network.add(Average(), name: "mean", reading: ["a", "b", "c"])
        let product = try VectorJacobianProduct(
            network, output: "mean", batchSize: 2, store: ParameterStore(Parameters([]), for: network))
        for (input, values) in [("a", [3, 0, 1, 6] as [Float]), ("b", [0, 3, 2, 6]), ("c", [3, 3, 9, 6])] {
            _ = product.input(input).update(fromContentsOf: values)
        }
        _ = product.upstream.update(fromContentsOf: [3, -6, 9, 0])
        product.run()
        #expect(zip(product.output, [2, 2, 4, 6]).allSatisfy { abs($0 - $1) < 1e-6 })
        for input in ["a", "b", "c"] {
            #expect(zip(product.inputGradient(input), [1, -2, 3, 0]).allSatisfy { abs($0 - $1) < 1e-6 })
        }
        var uneven = Network()
        try uneven.addInput("a", shape: [2])
        try uneven.addInput("b", shape: [3])
        #expect(throws: NetworkError.self) { try uneven.add(Average(), name: "mean", reading: ["a", "b"]) }
    }
}
