import Duet
import Foundation
import NeuralNetwork
import SeededRandom
import TestSupport
import Testing

/// The temperatures by distance of several branches are those with which the fused predictions are likeliest to be right.
@Suite(.serialized)
struct TemperatureFitTests {
    private static let count = 60
    private static let labels = (0..<count).map { $0 % SmallData.classes }

    @Test func noOtherTemperatureOfABranchHasALowerCrossEntropy() throws {
        let model = try productOfBranches()
        let samples = samples(of: model)
        let found = try TemperatureFit(model, samples: samples, labels: Self.labels, threads: 1).temperatures()
        let candidates = samples.map { DistanceTemperature.candidates(for: $0[0].distances) }
        let fused = model.parameters.entries.filter { $0.name.hasSuffix(".temperature") }.map {
            Double($0.storage.array[0])
        }
        try #require(fused.count == samples.count)
        func loss(_ temperatures: [DistanceTemperature]) -> Double { self.loss(samples, temperatures, fused) }
        let lowest = loss(found)
        for (branch, candidates) in candidates.enumerated() {
            #expect(candidates.contains(found[branch]) && found[branch].exponent > 0)
            for candidate in candidates {
                var others = found
                others[branch] = candidate
                #expect(lowest <= loss(others) * (1 + 1e-5), "branch \(branch): \(candidate)")
            }
        }
        // Fitted to each branch alone, they are others, with which the fused predictions are worse.
        let alone = samples.map { DistanceTemperature(fittedTo: $0, labels: Self.labels) }
        #expect(lowest < loss(alone) * 0.999)
        #expect(try found == TemperatureFit(model, samples: samples, labels: Self.labels, threads: 2).temperatures())
    }

    private func productOfBranches() throws -> TrainedModel {
        let data = try SmallData()
        defer { data.remove() }
        var configuration = data.configuration()
        (configuration.fusion, configuration.schedule, configuration.folds) = ("product", .staged, 1)
        configuration.branches = ["audio": BranchTraining(epochs: 1), "image": BranchTraining(epochs: 1)]
        return try data.train(configuration).model
    }

    /// Near examples are mostly right, far ones less often, and as sure.
    private func samples(of model: TrainedModel) -> [[DistanceTemperature.Sample]] {
        var generator = SeededGenerator(seed: 5)
        func uniform() -> Float { Float(generator.next() >> 40) / 0x1p24 }
        let sureness: [Float] = [0.97, 0.8]
        return model.architecture.branches.indices.map { branch in
            zip([Float(1), 3, 30], [Float(0.95), 0.7, 0.3]).map { farness, accuracy in
                var (probabilities, distances) = ([Float](), [Float]())
                for label in Self.labels {
                    let isRight = uniform() < accuracy
                    let predicted = isRight ? label : (label + 1) % SmallData.classes
                    let others = (1 - sureness[branch]) / Float(SmallData.classes - 1)
                    for place in 0..<SmallData.classes {
                        probabilities.append(place == predicted ? sureness[branch] : others)
                    }
                    distances.append(farness * (isRight ? 10 : 14) * (0.7 + 0.6 * uniform()))
                }
                return DistanceTemperature.Sample(probabilities: probabilities, distances: distances)
            }
        }
    }

    /// The cross-entropy of the product of both branches' softened probabilities, each to the power of 1 / T, by the formula: as they are,
    /// and with each level of noise on each branch.
    private func loss(
        _ samples: [[DistanceTemperature.Sample]], _ temperatures: [DistanceTemperature], _ fused: [Double]
    ) -> Double {
        let levels = [[0, 0], [1, 0], [2, 0], [0, 1], [0, 2]]
        var sum = 0.0
        for level in levels {
            for (example, label) in Self.labels.enumerated() {
                var product = [Double](repeating: 1, count: SmallData.classes)
                for (branch, temperature) in temperatures.enumerated() {
                    let sample = samples[branch][level[branch]]
                    let exponent = 1 / Double(temperature(sample.distances[example])) / fused[branch]
                    for place in product.indices {
                        product[place] *= pow(
                            Double(sample.probabilities[example * SmallData.classes + place]), exponent)
                    }
                }
                sum -= log(product[label] / product.reduce(0, +))
            }
        }
        return sum
    }
}
