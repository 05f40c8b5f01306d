import Datasets
import Foundation
import NeuralNetwork

/// Fits how much less each branch knows of what is far from its training examples so that the fused predictions are likeliest to be
/// right. Fitted alone, a branch may be right to be sure of what the other knows better.
///
/// One branch's temperature is fitted after the other's, over and over, until none changes: coordinate descent on the cross-entropy of
/// the examples as they are and with each level of noise on each modality, the others as they are.
///
/// Examples as they are may lose little by it. Otherwise they would pay for strong noise: where one branch is surer than it should be, as
/// of a voice that is unlike all others, the other one must not be doubted without need.
package struct TemperatureFit {
    private static let mostRounds = 4
    /// How much the mean cross-entropy of the examples as they are may grow by it: by this factor, and by what is too little to count.
    private static let mostGrowth = (factor: 1.1, nats: 1e-4)

    private let labels: [Int]
    private let head: InferencePass
    private let outputs: (branches: [String], fused: [String], model: String)
    private let classes: Int
    /// By branch, as all that follow.
    private let samples: [[DistanceTemperature.Sample]]
    private let start: [DistanceTemperature]

    /// - Parameters:
    ///   - model: its branches' temperatures are those that the fit starts with; its fusion reads their outputs.
    ///   - samples: of each branch, the examples as they are, first, and with each level of noise.
    ///   - labels: the class of each example, at least one.
    ///   - threads: how many threads the head may use.
    /// - Throws: `NetworkError` where there can be no such network.
    package init(_ model: TrainedModel, samples: [[DistanceTemperature.Sample]], labels: [Int], threads: Int) throws {
        (self.samples, self.labels) = (samples, labels)
        outputs = try model.architecture.outputNames()
        classes = model.classNames.count
        start = model.architecture.branches.map {
            model.embeddingDistances[$0.modality.name]?.temperature ?? .none
        }
        head = try InferencePass(
            model.architecture.headNetwork(), outputs: [outputs.model], batchSize: 256,
            parameters: FrozenParameters(model.parameters), threads: threads)
    }

    /// - Returns: the temperature of each branch.
    /// - Throws: what the head's pass throws.
    package func temperatures() throws -> [DistanceTemperature] {
        let candidates = samples.map { DistanceTemperature.candidates(for: $0[0].distances) }
        var best = start.map { _ in DistanceTemperature.none }
        var softened = samples.map { $0.map(\.probabilities) }
        var lowest = try loss(softened)
        let most = lowest.clean * Self.mostGrowth.factor + Double(labels.count) * Self.mostGrowth.nats
        let fittedAlone = zip(samples, start).map { $0.map($1.softened) }
        let lossAlone = try loss(fittedAlone)
        if lossAlone.clean <= most { (lowest, best, softened) = (lossAlone, start, fittedAlone) }
        for _ in 0..<Self.mostRounds {
            let before = best
            for branch in samples.indices {
                for candidate in candidates[branch] {
                    var tried = softened
                    tried[branch] = samples[branch].map(candidate.softened)
                    let loss = try loss(tried)
                    // By more than rounding.
                    guard loss.clean <= most, loss.total < lowest.total * (1 - 1e-6) else { continue }
                    (lowest, best[branch], softened) = (loss, candidate, tried)
                }
            }
            if best == before { break }
        }
        return best
    }

    /// - Parameter softened: by branch and level of noise, the probabilities.
    /// - Returns: the sum of the fused predictions' cross-entropies, of the examples as they are and of all.
    /// - Throws: what the head's pass throws.
    private func loss(_ softened: [[[Float]]]) throws -> (clean: Double, total: Double) {
        // All as they are, then each level of noise on each modality.
        let levels =
            [softened.map { _ in 0 }]
            + softened.indices.flatMap { noisy in
                softened[noisy].indices.dropFirst().map { level in
                    softened.indices.map { $0 == noisy ? level : 0 }
                }
            }
        let count = levels.count * labels.count
        let tables = softened.indices.map { branch in
            Table(width: classes, values: levels.flatMap { softened[branch][$0[branch]] })
        }
        let rows = Array(0..<count)
        let predictions = try head.table(
            outputs.model, width: classes, rows: rows, of: count,
            .tables(Dictionary(uniqueKeysWithValues: zip(outputs.fused, tables))))
        func sum(_ rows: Range<Int>) -> Double {
            rows.reduce(0) { sum, row in
                let right = predictions[row][row * classes + labels[row % labels.count]]
                return sum - log(Double(max(right, TemperedLog.smallestProbability)))
            }
        }
        let clean = sum(0..<labels.count)
        return (clean, clean + sum(labels.count..<count))
    }
}

extension DistanceTemperature {
    /// What a branch predicts, softened.
    /// - Parameter sample: what it predicts, and how far away the examples are.
    /// - Returns: the probabilities, [example × class].
    fileprivate func softened(_ sample: Sample) -> [Float] {
        var probabilities = sample.probabilities
        let width = probabilities.count / max(sample.distances.count, 1)
        for (example, distance) in sample.distances.enumerated() {
            let temperature = self(distance)
            guard temperature > 1 else { continue }
            probabilities.temper(by: temperature, in: (example * width)..<((example + 1) * width))
        }
        return probabilities
    }
}
