import Datasets
import Duet
import FileFormats
import Foundation
import NeuralNetwork
import SeededRandom
import TestSupport
import Testing

/// A branch of several networks: each is trained by itself, and the mean of their probabilities is the branch's.
@Suite(.serialized)
struct EnsembleTests {
    private static let small: [any Layer] = [Flatten(), Dense(SmallData.classes, activation: .softmax)]
    private static let hidden: [any Layer] = [
        Flatten(), Dense(6, activation: .relu), BatchNormalization(momentum: 0.9),
        Dense(SmallData.classes, activation: .softmax),
    ]

    private func model(_ networks: [[any Layer]], fusion: any Fusion = ProductFusion()) -> FusionModel {
        let audio = Branch(.audio, input: [12, 1], networks: networks)
        return FusionModel(
            "ensemble", branches: [audio, SmallData.model.branches[1]], fusion: fusion,
            head: fusion.givesProbabilities ? [] : SmallData.model.head)
    }

    private func configuration(
        _ data: SmallData, _ name: String, _ model: FusionModel, schedule: TrainingConfiguration.Schedule = .staged
    ) -> TrainingConfiguration {
        var configuration = data.configuration(name)
        (configuration.model, configuration.schedule) = (.custom(model), schedule)
        return configuration
    }

    @Test func theBranchGivesTheMeanOfItsNetworks() throws {
        let model = model([SmallData.model.branches[0].networks[0], Self.hidden])
        let network = try model.network(of: model.branches[0])
        let names = network.nodes.map(\.name)
        #expect(names.contains("audio.network_1.conv1d") && names.contains("audio.network_2.dense_1"))
        let (end, ends) = (try model.outputNames().branches[0], ["audio.network_1.dense", "audio.network_2.dense_1"])
        var generator = SeededGenerator(seed: 5)
        let program = try Program(
            network, outputs: [end, "audio.concatenate"] + ends, batchSize: 5,
            parameters: FrozenParameters(Parameters(initializing: network, using: &generator)), threads: 1)
        _ = program.input("audio").update(fromContentsOf: (0..<60).map { sin(Float($0)) })
        program.run()
        for index in 0..<(5 * SmallData.classes) {
            let mean = (program.output(ends[0])[index] + program.output(ends[1])[index]) / 2
            #expect(abs(program.output(end)[index] - mean) < 1e-6)
        }
        // What the last layers read: a flattened convolution of 5 × 4 values, and 6 units.
        #expect(network.shape(of: "audio.concatenate") == [26])
    }

    /// Where each network has a loss of its own, another one beside it makes no difference to it. Equal networks start from other weights.
    @Test func networksAreTrainedApart() throws {
        let data = try SmallData()
        defer { data.remove() }
        func weights(_ name: String, _ networks: [[any Layer]]) throws -> Parameters {
            var settings = configuration(data, name, model(networks))
            // Which epoch is best is a question about the mean.
            settings.keep = .last
            return try data.train(settings).model.parameters
        }
        let twins = try weights("twins", [Self.hidden, Self.hidden])
        let others = try weights("others", [Self.hidden, Self.small])
        let ofFirst = twins.entries.filter { $0.name.hasPrefix("audio.network_1.") }
        #expect(ofFirst.count == 8)
        for entry in ofFirst {
            #expect(others[entry.name]?.values == entry.values, "\(entry.name)")
            let second = entry.name.replacingOccurrences(of: "network_1", with: "network_2")
            if entry.name.hasSuffix("kernel") { #expect(twins[second]?.values != entry.values, "\(entry.name)") }
        }
    }

    @Test func anEnsembleIsTrainedSavedAndPredicts() throws {
        let data = try SmallData()
        defer { data.remove() }
        let settings = configuration(data, "run", model([SmallData.model.branches[0].networks[0], Self.hidden]))
        let outcome = try data.train(settings)
        let accuracies = outcome.metrics.test.accuracies
        #expect(accuracies.all.accuracy > 0.95)
        for (modality, alone) in accuracies.alone { #expect(alone.accuracy > 0.8, "\(modality)") }
        let folder = RunFolder(URL(fileURLWithPath: settings.output))
        let saved = try TrainedModel(contentsOf: folder.model)
        #expect(saved.parameters == outcome.model.parameters && saved.architecture.branches[0].networks.count == 2)
        #expect(
            try JSON.text(ConfigurationFile.training(contentsOf: folder.configuration)) == JSON.text(settings))
        let embeddings = try Explainer(saved, DatasetFolder(data.folder).load(), threads: 1).embeddings([0, 1, 2])
        #expect(embeddings["audio"]?.width == 26 && embeddings["audio"]?.layer == "audio.concatenate")
        // Alone it is the same branch, trained in the same way.
        var alone = settings
        alone.output = data.folder.appendingPathComponent("alone").path
        alone.modalities = ["audio"]
        let specialist = try data.train(alone)
        for entry in specialist.model.parameters.entries {
            #expect(outcome.model.parameters[entry.name]?.values == entry.values, "\(entry.name)")
        }
    }

    /// Trained as a whole, the head reads their mean; a head that reads embeddings, those of all.
    @Test(arguments: ["concatenate", "gated"])
    func aHeadReadsAnEnsemble(fusion: String) throws {
        let data = try SmallData()
        defer { data.remove() }
        let networks = [SmallData.model.branches[0].networks[0], Self.hidden]
        var settings = try configuration(
            data, "run", model(networks, fusion: Fusions.required(fusion)), schedule: .joint)
        settings.branchLossWeight = 0.5
        let accuracies = try data.train(settings).metrics.test.accuracies
        #expect(accuracies.all.accuracy > 0.9)
        for (modality, alone) in accuracies.alone { #expect(alone.accuracy > 0.8, "\(modality)") }
    }

    @Test func filesNameTheNetworks() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("duet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func model(_ branch: String) throws -> FusionModel {
            let file = folder.appendingPathComponent("model.yaml")
            try "name: x\nbranches:\n  - {modality: audio, input: [12, 1], \(branch)}\n".write(
                to: file, atomically: true, encoding: .utf8)
            return try ConfigurationFile.model(contentsOf: file)
        }
        func message(_ branch: String) -> String {
            "\(#expect(throws: (any Error).self) { try model(branch) }.map { "\($0)" } ?? "")"
        }
        let softmax = "Dense: {units: 4, activation: softmax}"
        let two = try model("networks: [[Flatten, \(softmax)], [Flatten, Dense: {units: 6}, \(softmax)]]")
        #expect(two.branches[0].networks.map(\.count) == [2, 3] && two.classCount == 4)
        let again = try JSON.value(FusionModel.self, from: JSON.text(two), in: "test")
        #expect(try again.network().summary() == two.network().summary())
        // One network is the same as layers.
        let one = try model("networks: [[Flatten, \(softmax)]]")
        #expect(try one.network().summary() == model("layers: [Flatten, \(softmax)]").network().summary())
        #expect(message("networks: []").contains("one network or more"))
        #expect(message("layers: [Flatten], networks: [[Flatten, \(softmax)]]").contains("either layers, or"))
        #expect(
            message("networks: [[Flatten, \(softmax)], [Flatten]]").contains("must end in a Dense layer with softmax"))
        #expect(
            message("networks: [[Flatten, \(softmax)], [Flatten, Dense: {units: 3, activation: softmax}]]")
                .contains("same shape"))
        #expect(message("networks: [[Flaten]]").contains("did you mean"))
    }
}
