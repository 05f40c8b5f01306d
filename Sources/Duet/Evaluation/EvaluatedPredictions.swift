/// A model's predictions for examples whose classes are known, from all modalities and from each alone.
public struct EvaluatedPredictions: Codable, Sendable, Equatable {
    /// The examples' rows in their dataset.
    public let rows: [Int]
    /// Each example's true class, from 0.
    public let labels: [Int]
    /// The number of classes.
    public let classCount: Int
    /// The probabilities, [example × class], 0 to 1.
    public let probabilities: Ablations<[Float]>

    /// Predictions for some rows.
    /// - Precondition: as many rows as labels, and for each of them as many probabilities as classes.
    public init(rows: [Int], labels: [Int], classCount: Int, probabilities: Ablations<[Float]>) {
        precondition(rows.count == labels.count)
        precondition(probabilities.entries.allSatisfy { $0.value.count == rows.count * classCount })
        self.rows = rows
        self.labels = labels
        self.classCount = classCount
        self.probabilities = probabilities
    }

    /// The number of examples.
    public var count: Int { rows.count }

    /// All modalities together, and each alone.
    public var ablations: [Ablation] { probabilities.entries.map(\.ablation) }

    /// The probabilities of the example at `position`, in the order of the classes.
    public func probabilities(_ ablation: Ablation, at position: Int) -> ArraySlice<Float> {
        probabilities[ablation, default: []][(position * classCount)..<((position + 1) * classCount)]
    }

    /// The predicted class of the example at `position`: the most probable one, the first of equal ones.
    public func predicted(_ ablation: Ablation, at position: Int) -> Int {
        probabilities(ablation, at: position).argmax
    }

    /// The predicted class of each example.
    public func predicted(_ ablation: Ablation = .all) -> [Int] {
        rows.indices.map { predicted(ablation, at: $0) }
    }

    /// Whether each example's predicted class is the true one.
    public func areCorrect(_ ablation: Ablation = .all) -> [Bool] {
        zip(predicted(ablation), labels).map { $0 == $1 }
    }

    /// The accuracy from all modalities and from each alone.
    public var accuracies: Ablations<Accuracy> {
        Ablations(
            all: Accuracy(areCorrect()),
            alone: probabilities.alone.map { ($0.modality, Accuracy(areCorrect(.alone($0.modality)))) })
    }

    /// Everything that is reported about the predictions of one ablation.
    /// - Throws: `DuetError` of kind `badData` for a probability that is none.
    public func metrics(_ ablation: Ablation) throws -> ClassificationMetrics {
        try ClassificationMetrics(
            probabilities: probabilities[ablation, default: []], labels: labels, classes: classCount)
    }

    /// Whether each example's predicted class is the true one, the most certain prediction first.
    public func areCorrectFromMostCertain(_ ablation: Ablation) -> [Bool] {
        let areCorrect = areCorrect(ablation)
        let uncertainties = rows.indices.map { probabilities(ablation, at: $0).uncertainty }
        return rows.indices.sorted { (uncertainties[$0], $0) < (uncertainties[$1], $1) }.map { areCorrect[$0] }
    }

    /// The positions of the misclassified examples, the most confident mistake first: by the probability of the predicted class,
    /// less that of the true one. Of equal ones, the first example comes first.
    public var mistakes: [Int] {
        let predicted = predicted()
        func confidence(_ position: Int) -> Float {
            let start = position * classCount
            return probabilities.all[start + predicted[position]] - probabilities.all[start + labels[position]]
        }
        return rows.indices.filter { predicted[$0] != labels[$0] }
            .sorted { (-confidence($0), $0) < (-confidence($1), $1) }
    }
}

extension Ablations {
    /// The value of an ablation, or a default where there is none.
    subscript(ablation: Ablation, default value: @autoclosure () -> Value) -> Value { self[ablation] ?? value() }
}
