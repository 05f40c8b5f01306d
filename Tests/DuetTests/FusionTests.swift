import Datasets
import Duet
import Foundation
import NeuralNetwork
import SeededRandom
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

    @Test func theProductOfValuesHasTheOthersAsGradients() throws {
        var network = Network()
        for name in ["a", "b", "c"] { try network.addInput(name, shape: [2]) }
        try network.add(Multiply(), name: "product", reading: ["a", "b", "c"])
        let product = try VectorJacobianProduct(
            network, output: "product", batchSize: 1, store: ParameterStore(Parameters([]), for: network))
        for (input, values) in [("a", [3, 0] as [Float]), ("b", [-2, 5]), ("c", [0.5, 4])] {
            _ = product.input(input).update(fromContentsOf: values)
        }
        _ = product.upstream.update(fromContentsOf: [2, -1])
        product.run()
        #expect(Array(product.output) == [-3, 0])
        #expect(Array(product.inputGradient("a")) == [-2, -20])
        #expect(Array(product.inputGradient("b")) == [3, 0])
        #expect(Array(product.inputGradient("c")) == [-12, 0])
    }

    /// Before anything is learned, the head corrects nothing.
    @Test func aResidualStartsAsTheProduct() throws {
        let model = SmallData.model.joined(by: ResidualFusion())
        let product = SmallData.model.joined(by: ProductFusion())
        var generator = SeededGenerator(seed: 5, stream: "weights")
        let parameters = Parameters(initializing: try model.network(), using: &generator)
        func output(_ model: FusionModel) throws -> [Float] {
            let (network, name) = (try model.network(), try model.outputNames().model)
            let program = try Program(
                network, outputs: [name], batchSize: 1,
                parameters: FrozenParameters(parameters.restricted(to: network)), threads: 1)
            for (index, branch) in model.branches.enumerated() {
                let input = program.input(branch.modality.name)
                for place in input.indices { input[place] = Float((place * 7 + index) % 5) / 5 }
            }
            program.run()
            return Array(program.output(name))
        }
        let (corrected, plain) = try (output(model), output(product))
        #expect(Set(plain).count > 1)
        #expect(zip(corrected, plain).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    /// Without a head, the mean of the branches' probabilities is the prediction, to the last digits.
    @Test func anAverageNeedsNoHead() throws {
        var network = Network()
        for name in ["a", "b"] { try network.addInput(name, shape: [3]) }
        let output = try AverageFusion().join(["a", "b"], head: [], prefix: "head", in: &network)
        let program = try Program(
            network, outputs: [output], batchSize: 1,
            parameters: FrozenParameters(
                Parameters([.init(name: "head.tempered_log.temperature", shape: [1], values: [1])])), threads: 1)
        _ = program.input("a").update(fromContentsOf: [0.7, 0.2, 0.1])
        _ = program.input("b").update(fromContentsOf: [0.1, 0.5, 0.4])
        program.run()
        #expect(zip(program.output(output), [0.4, 0.35, 0.25]).allSatisfy { abs($0 - $1) < 1e-6 })
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
