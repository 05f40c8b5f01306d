import Datasets
import Duet

/// The validation examples in ten folds that share no group. A study keeps how many of each a network is right about, so that one can
/// choose by some of them and see what the choice is worth on the others.
struct ValidationFolds {
    static let count = 10

    /// Of each validation example its fold.
    private let folds: [Int]

    init(_ data: TrainingData) {
        let rows = data.split.validation
        let place = Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1, $0) })
        var folds = [Int](repeating: 0, count: rows.count)
        for (fold, members) in data.split.validationFolds(Self.count, of: data.dataset).enumerated() {
            for row in members { place[row].map { folds[$0] = fold } }
        }
        self.folds = folds
    }

    /// The number of examples in each fold.
    var sizes: [Int] { counts(of: folds.map { _ in true }) }

    /// How many are right in each fold.
    /// - Parameter correct: of each validation example whether it is.
    /// - Returns: a number for each fold.
    func counts(of correct: [Bool]) -> [Int] {
        var counts = [Int](repeating: 0, count: Self.count)
        for (fold, isCorrect) in zip(folds, correct) where isCorrect { counts[fold] += 1 }
        return counts
    }
}
