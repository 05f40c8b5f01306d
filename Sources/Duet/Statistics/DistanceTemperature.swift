import Foundation
import NeuralNetwork

/// What the logarithms of a branch's probabilities are divided by, since a branch knows less of examples that are far from those it was
/// trained on: (d² / limit)^exponent and at least 1, for the squared Mahalanobis distance d² of its embedding.
///
/// Temperatures that depend on the density of the training examples are those of C. Tomani et al., "Beyond in-domain scenarios: robust
/// density-aware calibration", 2023.
package struct DistanceTemperature: Sendable, Equatable {
    /// The squared distance up to which the temperature is 1; above 0.
    package let limit: Float
    /// How fast it rises from there, 0 or more.
    package let exponent: Float

    /// 1 at any distance.
    package static let none = DistanceTemperature(limit: 1, exponent: 0)

    /// No class is likelier than another one by more than rounding.
    private static let highest: Float = 1e6
    private static let shares = [0.5, 0.75, 0.9, 0.95, 0.99]
    private static let exponents: [Float] = [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3]

    package init(limit: Float, exponent: Float) {
        (self.limit, self.exponent) = (limit, exponent)
    }

    /// A temperature that was fitted before.
    /// - Throws: `NetworkError` where these cannot be its numbers.
    init(_ values: [Float]) throws {
        guard values.count == 2, values[0] > 0, values[1] >= 0, values.allSatisfy(\.isFinite) else {
            throw NetworkError("a temperature by distance has a limit above 0 and an exponent of at least 0")
        }
        self.init(limit: values[0], exponent: values[1])
    }

    /// What a branch predicts for some examples, and how far away they are.
    package struct Sample {
        /// The probabilities, [example × class].
        package let probabilities: [Float]
        /// The squared distance of each example.
        package let distances: [Float]

        /// - Parameters:
        ///   - probabilities: [example × class].
        ///   - distances: the squared distance of each example.
        package init(probabilities: [Float], distances: [Float]) {
            (self.probabilities, self.distances) = (probabilities, distances)
        }

        /// These examples, and others after them.
        func joined(with other: Sample) -> Sample {
            Sample(probabilities: probabilities + other.probabilities, distances: distances + other.distances)
        }
    }

    /// Fits the limit, a quantile of the first sample's distances, and the exponent: those with the lowest mean cross-entropy over all
    /// samples, of a few that are tried.
    /// - Parameters:
    ///   - samples: the examples as they are, first, and with noise; at least one.
    ///   - labels: the class of each example; at least one.
    package init(fittedTo samples: [Sample], labels: [Int]) {
        let logarithms = samples.map { $0.probabilities.map { log(max($0, Float(TemperedLog.smallestProbability))) } }
        var best: (loss: Double, fit: DistanceTemperature)?
        for fit in Self.candidates(for: samples[0].distances) {
            let loss = zip(samples, logarithms).reduce(0) { $0 + fit.loss($1.0.distances, $1.1, labels) }
            if loss < best?.loss ?? .infinity { best = (loss, fit) }
        }
        self = best?.fit ?? .none
    }

    /// The limits and exponents that a fit tries.
    /// - Parameter distances: of examples as they are, at least one. The limits are quantiles of them.
    /// - Returns: each limit with each exponent.
    package static func candidates(for distances: [Float]) -> [DistanceTemperature] {
        let sorted = distances.sorted()
        return shares.flatMap { share in
            let limit = max(sorted[Int((Double(sorted.count - 1) * share).rounded())], 1e-6)
            return exponents.map { DistanceTemperature(limit: limit, exponent: $0) }
        }
    }

    /// The temperature at a squared distance, from 1 to 10⁶.
    package func callAsFunction(_ squaredDistance: Float) -> Float {
        let ratio = squaredDistance / limit
        if ratio <= 1 || exponent == 0 { return 1 }
        let temperature = pow(ratio, exponent)
        // What is no number is as far as can be.
        return temperature < Self.highest ? temperature : Self.highest
    }

    /// The sum of the examples' cross-entropies.
    private func loss(_ distances: [Float], _ logarithms: [Float], _ labels: [Int]) -> Double {
        let classes = logarithms.count / labels.count
        return labels.indices.reduce(0) { sum, example in
            let temperature = self(distances[example])
            let row = logarithms[(example * classes)..<((example + 1) * classes)]
            let most = (row.max() ?? 0) / temperature
            let total = row.reduce(0) { $0 + exp($1 / temperature - most) }
            return sum + Double(most + log(total) - row[row.startIndex + labels[example]] / temperature)
        }
    }
}
