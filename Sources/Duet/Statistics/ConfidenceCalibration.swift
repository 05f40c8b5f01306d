import FileFormats
import Foundation
import NeuralNetwork

/// What the validation examples tell about how far a model's probabilities can be trusted: the temperature that calibrates them,
/// the prediction sets that contain the true class with a chosen probability, and when to abstain.
///
/// - Temperature scaling: C. Guo et al., "On calibration of modern neural networks", 2017.
/// - Split conformal prediction: V. Vovk, A. Gammerman and G. Shafer, "Algorithmic learning in a random world", 2005; with this
///   nonconformity score, M. Sadinle, J. Lei and L. Wasserman, "Least ambiguous set-valued classifiers with bounded error levels",
///   2019.
///
/// Sets have their coverage where new examples are exchangeable with the validation examples: not with other noise or other cameras,
/// and with other speakers only where the calibration was fitted to predictions for speakers that the model has not heard
/// (`TrainingConfiguration.Folding.speaker`).
public struct ConfidenceCalibration: Sendable, Equatable {
    /// What the logarithms of the probabilities are divided by, above 0.
    public let temperature: Float
    /// The nonconformity score of each validation example, ascending: the probability of all classes but the true one, 0 to 1.
    public let scores: [Float]
    /// The uncertainty of each validation example, ascending: the probability of all classes but the predicted one, 0 to 1.
    public let uncertainties: [Float]
    /// The out-of-distribution score of each validation example, ascending; low where an example looks like the training's. Empty where
    /// there are none.
    public let outOfDistributionScores: [Float]

    /// A calibration that was fitted before.
    /// - Throws: `NetworkError` where these cannot be one's numbers.
    package init(temperature: Float, scores: [Float], uncertainties: [Float], outOfDistributionScores: [Float] = [])
        throws
    {
        guard temperature > 0, temperature.isFinite else {
            throw NetworkError("a temperature is \(temperature); expected a number above 0")
        }
        for values in [scores, uncertainties] {
            let isAscending = zip(values, values.dropFirst()).allSatisfy { $0 <= $1 }
            guard isAscending, values.count == scores.count, values.allSatisfy({ $0 >= 0 && $0 <= 1.0001 }) else {
                throw NetworkError(
                    "the calibration's scores are not ascending numbers from 0 to 1, as many of each kind")
            }
        }
        let others = outOfDistributionScores
        guard zip(others, others.dropFirst()).allSatisfy({ $0 <= $1 }), others.allSatisfy(\.isFinite) else {
            throw NetworkError("the calibration's out-of-distribution scores are not ascending numbers")
        }
        (self.temperature, self.scores, self.uncertainties) = (temperature, scores, uncertainties)
        self.outOfDistributionScores = outOfDistributionScores
    }

    /// Fits a calibration.
    /// - Parameters:
    ///   - probabilities: what the model gives for the validation examples, [example × class].
    ///   - labels: the true class of each of them; at least one.
    ///   - outOfDistributionScores: the score of each of them; none where there are none.
    package init(probabilities: [Float], labels: [Int], outOfDistributionScores: [Float] = []) {
        let logarithms = probabilities.map { log(Double(max($0, TemperedLog.smallestProbability))) }
        temperature = Float(1 / LogLinearFit([logarithms], labels: labels).exponents[0])
        let classes = probabilities.count / labels.count
        var scaled = probabilities
        scaled.temper(by: temperature, width: classes)
        var (scores, uncertainties) = ([Float](), [Float]())
        for (example, label) in labels.enumerated() {
            let row = scaled[(example * classes)..<((example + 1) * classes)]
            scores.append(row.nonconformityScores[label])
            uncertainties.append(row.uncertainty)
        }
        (self.scores, self.uncertainties) = (scores.sorted(), uncertainties.sorted())
        self.outOfDistributionScores = outOfDistributionScores.sorted()
    }

    /// The calibration with fewer scores: of each kind, as many quantiles of them, evenly spaced. Each stands for those up to it, so that
    /// prediction sets contain the true class no less often, and no larger share gets no answer.
    /// - Parameter count: how many scores of each kind are kept at most; at least 1.
    /// - Returns: the calibration.
    /// - Throws: nothing, unless this one is broken.
    package func thinned(to count: Int) throws -> ConfidenceCalibration {
        func quantiles(_ values: [Float]) -> [Float] {
            guard values.count > count else { return values }
            return (1...count).map { values[($0 * values.count + count - 1) / count - 1] }
        }
        return try ConfidenceCalibration(
            temperature: temperature, scores: quantiles(scores), uncertainties: quantiles(uncertainties),
            outOfDistributionScores: quantiles(outOfDistributionScores))
    }

    /// Calibrates probabilities: each to the power of 1 / temperature, over their sum. The order of the classes stays.
    /// - Parameters:
    ///   - probabilities: [example × class], calibrated in place.
    ///   - width: the number of classes.
    package func calibrate(_ probabilities: inout [Float], width: Int) {
        probabilities.temper(by: temperature, width: width)
    }

    /// A prediction set. Over many examples, a share `coverage` of the sets contains the true class.
    ///
    /// Where the model is right more often than that, the sets of the least certain examples are empty: the others suffice. All
    /// classes are in the set where there are too few validation examples for the coverage.
    /// - Parameters:
    ///   - probabilities: calibrated probabilities of one example, by class.
    ///   - coverage: the share of examples whose set is to contain the true class, above 0 and below 1.
    /// - Returns: classes from 0, the likeliest first.
    public func predictionSet(of probabilities: [Float], coverage: Double) -> [Int] {
        let limit = largestScore(coverage: coverage)
        let scores = probabilities[...].nonconformityScores
        return probabilities.indices.filter { scores[$0] <= limit }
            .sorted { (-probabilities[$0], $0) < (-probabilities[$1], $1) }
    }

    /// Whether an example is less certain than all but a share of the validation examples.
    /// - Parameters:
    ///   - probabilities: calibrated probabilities of one example, by class.
    ///   - share: the share of validation examples that would get no answer, 0 to 1, 1 not included.
    /// - Returns: whether to abstain.
    public func abstains(on probabilities: [Float], share: Double) -> Bool {
        probabilities[...].uncertainty > largestUncertainty(abstaining: share)
    }

    /// Whether an example looks less like the training's than all but a share of the validation examples.
    /// - Parameters:
    ///   - score: the example's.
    ///   - share: the share of validation examples that would be taken for out of distribution, 0 to 1, 1 not included.
    /// - Returns: whether it is out of distribution; nil where there are no scores.
    public func isOutOfDistribution(score: Float, share: Double) -> Bool? {
        outOfDistributionScores.isEmpty ? nil : score > Self.largest(of: outOfDistributionScores, butFor: share)
    }

    /// The ⌈(n + 1) · coverage⌉-th smallest score.
    func largestScore(coverage: Double) -> Float {
        // What is a whole number but for rounding stays that number.
        let rank = Int((Double(scores.count + 1) * coverage - 1e-9).rounded(.up))
        return rank > scores.count ? .infinity : scores[max(rank, 1) - 1]
    }

    func largestUncertainty(abstaining share: Double) -> Float {
        Self.largest(of: uncertainties, butFor: share)
    }

    /// The largest of ascending values when a share of them, the largest ones, is left out.
    private static func largest(of values: [Float], butFor share: Double) -> Float {
        let kept = Int((Double(values.count) * (1 - share) - 1e-9).rounded(.up))
        return values.isEmpty ? .infinity : values[min(max(kept, 1), values.count) - 1]
    }
}

extension [Float] {
    /// Divides the logarithms of probabilities, [example × class], by one temperature.
    mutating func temper(by temperature: Float, width: Int) {
        for start in stride(from: 0, to: count, by: width) { temper(by: temperature, in: start..<(start + width)) }
    }

    /// Divides the logarithms of probabilities by a temperature.
    /// - Parameters:
    ///   - temperature: above 0; above 1, the classes get more equal.
    ///   - row: where the probabilities lie; they are those of one example.
    mutating func temper(by temperature: Float, in row: Range<Int>) {
        let scores = self[row].map { log(Double(Swift.max($0, TemperedLog.smallestProbability))) / Double(temperature) }
        let largest = scores.max() ?? 0
        let powers = scores.map { exp($0 - largest) }
        let sum = powers.reduce(0, +)
        for (place, power) in zip(row, powers) { self[place] = Float(power / sum) }
    }
}

extension ArraySlice<Float> {
    /// The probability of all classes but the predicted one. Not 1 less that one, of which rounding would leave nothing near 1.
    var uncertainty: Float {
        let predicted = startIndex + argmax
        return Float(indices.reduce(0.0) { $1 == predicted ? $0 : $0 + Double(self[$1]) })
    }

    /// For each class, the probability of all others.
    var nonconformityScores: [Float] {
        let (predicted, uncertainty) = (argmax, uncertainty)
        let sum = Double(uncertainty) + Double(self[startIndex + predicted])
        return enumerated().map { $0 == predicted ? uncertainty : Float(sum - Double($1)) }
    }
}
