import FileFormats

/// How often each class was taken for each other one.
public struct ConfusionMatrix: Sendable, Equatable {
    /// The counts, [class × class]: rows are the true classes, columns the predicted ones.
    public let counts: [[Int]]

    /// Counts pairs of true and predicted classes.
    ///
    /// - Parameters:
    ///   - truth: the true class of each example, 0 to `classes` − 1.
    ///   - predicted: the predicted class of each example, 0 to `classes` − 1; as many.
    ///   - classes: the number of classes.
    /// - Throws: `DuetError` of kind `badData` for a class outside the range, or lists of different lengths.
    public init(truth: [Int], predicted: [Int], classes: Int) throws {
        guard truth.count == predicted.count else {
            throw DuetError(.badData, "\(truth.count) labels, but \(predicted.count) predictions; expected as many")
        }
        var counts = Array(repeating: Array(repeating: 0, count: max(0, classes)), count: max(0, classes))
        for (example, pair) in zip(truth, predicted).enumerated() {
            for value in [pair.0, pair.1] where !counts.indices.contains(value) {
                throw DuetError(.badData, "example \(example) has the class \(value); expected 0 to \(classes - 1)")
            }
            counts[pair.0][pair.1] += 1
        }
        self.counts = counts
    }

    /// The number of examples.
    public var total: Int {
        counts.reduce(0) { $0 + $1.reduce(0, +) }
    }

    /// The number of examples that were predicted right.
    public var correct: Int {
        counts.indices.reduce(0) { $0 + counts[$1][$1] }
    }

    /// The fraction that was predicted right, 0 to 1; 0 without examples.
    public var accuracy: Double {
        ratio(correct, total)
    }

    func ratio(_ part: Int, _ whole: Int) -> Double {
        whole > 0 ? Double(part) / Double(whole) : 0
    }
}

extension ConfusionMatrix: Codable {
    /// Reads the counts.
    ///
    /// - Throws: `DecodingError` where they are not a square of counts.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        counts = try container.decode([[Int]].self)
        guard counts.allSatisfy({ $0.count == counts.count && $0.allSatisfy { (0...(1 << 48)).contains($0) } }) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "a confusion matrix has as many columns as rows and no negative counts"
            )
        }
    }

    /// Writes the counts as a list of rows.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(counts)
    }
}
