import Foundation
import TestSupport

/// Inputs, and the results of scikit-learn, SciPy and statsmodels: `Tests/Fixtures/statistics/make_statistics.py`.
struct StatisticsFixture: Decodable {
    struct Wilson: Decodable {
        let successes: Int, count: Int, z: Double, low: Double, high: Double
    }

    struct McNemar: Decodable {
        let onlyFirst: Int, onlySecond: Int, pValue: Double
    }

    struct Classification: Decodable {
        let name: String, classes: Int, labels: [Int], probabilities: [Float]
        let accuracy: Double, loss: Double, brierScore: Double, calibrationError: Double
        let confusion: [[Int]]
        let precision: [Double], recall: [Double], f1: [Double], support: [Int]
        /// Precision, recall, F1.
        let macro: [Double]
        let binCounts: [Int]
        /// Of the bins that are not empty.
        let binConfidences: [Double], binAccuracies: [Double]
    }

    struct LogLinear: Decodable {
        /// [expert][example × class].
        let labels: [Int], logarithms: [[Double]], exponents: [Double]
    }

    struct SignFlips: Decodable {
        let differences: [Int], pValue: Double
    }

    struct Bootstrap: Decodable {
        /// Examples of each group, and those that are classified correctly, [seed][group].
        let counts: [Int], correct: [[Int]]
        let mean: Double, low: Double, high: Double
    }

    struct Ranking: Decodable {
        let low: [Float], high: [Float], auroc: Double, falsePositiveRate95: Double
    }

    struct Mahalanobis: Decodable {
        let embeddings: [Float], labels: [Int], validation: [Float], others: [Float], scores: [Double]
    }

    let ranking: [Ranking]
    let mahalanobis: Mahalanobis
    let signFlips: [SignFlips]
    let bootstrap: [Bootstrap]
    let wilson: [Wilson]
    let mcNemar: [McNemar]
    let classification: [Classification]
    let logLinear: [LogLinear]

    static func load() throws -> StatisticsFixture {
        try JSONDecoder().decode(Self.self, from: Data(contentsOf: fixture("statistics/statistics.json")))
    }
}

/// Whether two numbers agree to `tolerance`, absolutely below 1 and relatively above.
func isClose(_ a: Double, _ b: Double, tolerance: Double = 1e-12) -> Bool {
    abs(a - b) <= tolerance * max(1, abs(b))
}

/// The same for lists of the same length.
func isClose(_ a: [Double], _ b: [Double], tolerance: Double = 1e-12) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { isClose($0, $1, tolerance: tolerance) }
}
