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
        let fused = try exponents(of: model)
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

    /// The first branch is right and sure as long as there is no noise, and as sure with it, and no distance tells; the second is wrong about
    /// a few, and less sure. So softening the first pays, but for examples as they are.
    @Test func examplesAsTheyAreLoseLittle() throws {
        let model = try productOfBranches()
        let samples = samples(of: model, sureness: [0.999, 0.6], accuracies: [[1, 0.4, 0.3], [0.9, 0.9, 0.9]]).map {
            $0.map { sample in
                DistanceTemperature.Sample(
                    probabilities: sample.probabilities, distances: sample.distances.indices.map { Float(10 + $0 % 7) })
            }
        }
        let found = try TemperatureFit(model, samples: samples, labels: Self.labels, threads: 1).temperatures()
        let fused = try exponents(of: model)
        func losses(_ temperatures: [DistanceTemperature]) -> (clean: Double, total: Double) {
            (loss(samples, temperatures, fused, levels: [[0, 0]]), loss(samples, temperatures, fused))
        }
        let (none, lowest) = (losses([.none, .none]), losses(found))
        let most = none.clean * 1.1 + Double(Self.count) * 1e-4
        #expect(lowest.clean <= most * (1 + 1e-5))
        #expect(lowest.total <= none.total)
        let tempting = DistanceTemperature.candidates(for: samples[0][0].distances).map { losses([$0, found[1]]) }
            .filter { $0.total < lowest.total * 0.99 }
        #expect(!tempting.isEmpty && tempting.allSatisfy { $0.clean > most })
    }

    private func productOfBranches() throws -> TrainedModel {
        let data = try SmallData()
        defer { data.remove() }
        var configuration = data.configuration()
        (configuration.fusion, configuration.schedule, configuration.folds) = ("product", .staged, 1)
        configuration.branches = ["audio": BranchTraining(epochs: 1), "image": BranchTraining(epochs: 1)]
        return try data.train(configuration).model
    }

    /// The fusion's own temperatures, which divide what it reads of each branch.
    private func exponents(of model: TrainedModel) throws -> [Double] {
        let found = model.parameters.entries.filter { $0.name.hasSuffix(".temperature") }
        try #require(found.count == model.architecture.branches.count)
        return found.map { Double($0.storage.array[0]) }
    }

    /// Near examples are mostly right, far ones less often, and as sure.
    private func samples(
        of model: TrainedModel, sureness: [Float] = [0.97, 0.8],
        accuracies: [[Float]] = [[0.95, 0.7, 0.3], [0.95, 0.7, 0.3]]
    ) -> [[DistanceTemperature.Sample]] {
        var generator = SeededGenerator(seed: 5)
        func uniform() -> Float { Float(generator.next() >> 40) / 0x1p24 }
        return model.architecture.branches.indices.map { branch in
            zip([Float(1), 3, 30], accuracies[branch]).map { farness, accuracy in
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
        _ samples: [[DistanceTemperature.Sample]], _ temperatures: [DistanceTemperature], _ fused: [Double],
        levels: [[Int]] = [[0, 0], [1, 0], [2, 0], [0, 1], [0, 2]]
    ) -> Double {
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
