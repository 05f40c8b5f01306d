/// Whether predicted probabilities can be taken at their word: of the predictions made with 90 % confidence, 90 % should
/// be right.
///
/// C. Guo et al., "On calibration of modern neural networks", 2017. The bins make the reliability diagram.
public struct Calibration: Sendable, Equatable, Codable {
    /// The predictions whose confidence lies in one range.
    public struct Bin: Sendable, Equatable, Codable {
        /// The lower end of the confidences, not included.
        public let low: Double
        /// The upper end of the confidences, included.
        public let high: Double
        /// The number of predictions.
        public let count: Int
        /// Their mean confidence, 0 to 1; 0 if there are none.
        public let confidence: Double
        /// The fraction of them that is right, 0 to 1; 0 if there are none.
        public let accuracy: Double
    }

    /// Ranges of equal width, from 0 to 1.
    public let bins: [Bin]
    /// The expected calibration error: the mean difference of confidence and accuracy over the bins, weighted by count.
    public let error: Double

    /// Sorts predictions into bins.
    ///
    /// - Parameters:
    ///   - predictions: the probability of each predicted class, 0 to 1, and whether it was the right one.
    ///   - binCount: the number of bins, at least 1; 15 in the paper.
    init(_ predictions: [(confidence: Double, isCorrect: Bool)], binCount: Int = 15) {
        var sums = Array(repeating: (count: 0, confidence: 0.0, correct: 0), count: binCount)
        for prediction in predictions {
            let bin = (prediction.confidence * Double(binCount)).rounded(.up) - 1
            let index = Int(min(max(bin, 0), Double(binCount - 1)))
            sums[index].count += 1
            sums[index].confidence += prediction.confidence
            sums[index].correct += prediction.isCorrect ? 1 : 0
        }
        bins = sums.enumerated().map { index, sum in
            let count = Double(max(sum.count, 1))
            return Bin(
                low: Double(index) / Double(binCount),
                high: Double(index + 1) / Double(binCount),
                count: sum.count,
                confidence: sum.confidence / count,
                accuracy: Double(sum.correct) / count
            )
        }
        let total = Double(max(predictions.count, 1))
        error = bins.reduce(0) { $0 + abs($1.confidence - $1.accuracy) * Double($1.count) / total }
    }
}
