import FileFormats
import Foundation

/// Everything that is reported about predictions whose true classes are known.
public struct ClassificationMetrics: Sendable, Equatable, Codable {
    /// The number of examples.
    public let count: Int
    /// The fraction of examples whose most probable class is the true one, 0 to 1.
    public let accuracy: Double
    /// Where the accuracy may lie with 95 % confidence, given so many examples.
    public let accuracyInterval: WilsonInterval
    /// The mean cross-entropy, −log p(true class), in nats; p is at least 1e-7, as in Keras.
    public let loss: Double
    /// The mean over the examples of Σ (p − y)² over the classes, 0 to 2, for y = 1 for the true class and 0 for others.
    public let brierScore: Double
    /// How far the probabilities can be taken at their word, in 15 bins.
    public let calibration: Calibration
    /// How often each class was taken for each other one.
    public let confusion: ConfusionMatrix

    /// Measures predictions.
    ///
    /// - Parameters:
    ///   - probabilities: [example × class], row after row, each from 0 to 1. Of equal ones, the first counts as predicted.
    ///   - labels: the true class of each example, 0 to `classes` − 1.
    ///   - classes: the number of classes.
    /// - Throws: `DuetError` of kind `badData` without examples, for sizes that do not fit, for a label outside the range,
    ///   and for a probability that is none (as a network gives whose training went astray).
    public init(probabilities: [Float], labels: [Int], classes: Int) throws {
        guard classes > 0, !labels.isEmpty else {
            throw DuetError(.badData, "there is nothing to measure: \(labels.count) examples of \(classes) classes")
        }
        guard probabilities.count == labels.count * classes else {
            let needed = "\(labels.count) examples of \(classes) classes need \(labels.count * classes)"
            throw DuetError(.badData, "\(needed) probabilities, but there are \(probabilities.count)")
        }
        let predicted = try Self.predictions(probabilities, classes: classes)
        confusion = try ConfusionMatrix(truth: labels, predicted: predicted, classes: classes)
        count = labels.count
        accuracy = confusion.accuracy
        accuracyInterval = WilsonInterval(successes: confusion.correct, of: count)
        calibration = Calibration(
            labels.indices.map { example in
                let confidence = Double(probabilities[example * classes + predicted[example]])
                return (confidence, predicted[example] == labels[example])
            }
        )
        var (losses, squares) = (0.0, 0.0)
        for (example, label) in labels.enumerated() {
            losses -= log(max(Double(probabilities[example * classes + label]), Self.smallestProbability))
            for index in 0..<classes {
                let difference = Double(probabilities[example * classes + index]) - (index == label ? 1 : 0)
                squares += difference * difference
            }
        }
        loss = losses / Double(count)
        brierScore = squares / Double(count)
    }

    /// The most probable class of each example; the first of equal ones.
    ///
    /// - Throws: `DuetError` for what is no probability. One that is above 1 by no more than rounding is let through.
    private static func predictions(_ probabilities: [Float], classes: Int) throws -> [Int] {
        try stride(from: 0, to: probabilities.count, by: classes).map { start in
            var best = start
            for index in start..<start + classes {
                guard probabilities[index] >= 0, probabilities[index] <= 1.0001 else {
                    let place = "example \(start / classes), class \(index - start)"
                    throw DuetError(.badData, "\(place): \(probabilities[index]) is no probability; expected 0 to 1")
                }
                if probabilities[index] > probabilities[best] { best = index }
            }
            return best - start
        }
    }

    /// Keras's epsilon: a probability of 0 for the true class costs 16.1 and not infinity.
    private static let smallestProbability = 1e-7
}
