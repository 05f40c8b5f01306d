import FileFormats
import SeededRandom

extension Split {
    init(byGroup dataset: Dataset, seed: UInt64) throws {
        guard let labels = dataset.labels, let groups = dataset.groups else {
            throw DuetError(
                .badData, "a split by group needs labels and group numbers; this dataset has only some of them")
        }
        let ownTest = dataset.trainSideCount..<dataset.count
        let tested = Set(ownTest.map { groups[$0] })
        let trainSide = 0..<dataset.trainSideCount
        let leftOut = trainSide.filter { tested.contains(groups[$0]) }
        var pool = ClassGroups(trainSide.filter { !tested.contains(groups[$0]) }, labels, groups)

        var test = Array(ownTest)
        if ownTest.isEmpty {
            test = pool.draw(percent: 10, SeededGenerator(seed: seed, stream: "split/test"))
        }
        let validation = pool.draw(percent: 10, SeededGenerator(seed: seed, stream: "split/validation"))
        self.init(
            method: .group, seed: seed, train: pool.rows, validation: validation, test: test, leftOut: leftOut)
    }
}

extension Split {
    /// Divides the training rows into folds, as equal as can be, in each class by itself. Rows of one group are in one fold; where the
    /// groups are not known, each row is a group.
    /// - Parameters:
    ///   - count: how many folds; at least 2.
    ///   - dataset: the dataset that was divided.
    /// - Returns: the rows of each fold, ascending. The same for the same split.
    /// - Throws: `DuetError` of kind `badData` where there are fewer groups than folds.
    package func folds(_ count: Int, of dataset: Dataset) throws -> [[Int]] {
        let folds = folds(count, of: train, stream: "split/folds", dataset)
        guard folds.allSatisfy({ !$0.isEmpty }) else {
            throw DuetError(
                .badData,
                "the training examples are of too few groups to divide them into \(count) folds; set folds to 1, or give more "
                    + "recordings")
        }
        return folds
    }

    /// The same of the validation rows. A fold is empty where there are fewer groups than folds.
    package func validationFolds(_ count: Int, of dataset: Dataset) -> [[Int]] {
        folds(count, of: validation, stream: "split/validation-folds", dataset)
    }

    /// Divides the training and the validation rows into folds with speakers of their own, as equal as can be. A speaker who is not
    /// known counts as one.
    /// - Parameters:
    ///   - count: how many folds, at most; at least 2. There are no more than speakers.
    ///   - dataset: the dataset that was divided.
    /// - Returns: the rows of each fold, ascending. The same for the same split.
    /// - Throws: `DuetError` of kind `badData` where the speakers are not known, or fewer than two are in the training rows.
    package func speakerFolds(
        _ count: Int, of dataset: Dataset
    ) throws -> (training: [[Int]], validation: [[Int]]) {
        guard let speakers = dataset.speakers else {
            throw DuetError(
                .badData,
                "folds by speaker need to know who speaks, but the dataset has no speakers_train.npy; set folds_by to group"
            )
        }
        let sizes = Dictionary(grouping: train) { speakers[$0] }.mapValues(\.count)
        guard sizes.count > 1 else {
            throw DuetError(
                .badData, "the training examples are of one speaker; folds by speaker need two. Set folds_by to group")
        }
        // The largest first, each to the smallest fold.
        let folds = min(count, sizes.count)
        var (foldOf, filled) = ([Int32: Int](), [Int](repeating: 0, count: folds))
        for (speaker, size) in sizes.sorted(by: { (-$0.value, $0.key) < (-$1.value, $1.key) }) {
            let fold = filled.indices.min { filled[$0] < filled[$1] } ?? 0
            foldOf[speaker] = fold
            filled[fold] += size
        }
        func rows(of part: [Int]) -> [[Int]] {
            (0..<folds).map { fold in part.filter { foldOf[speakers[$0]] == fold } }
        }
        return (rows(of: train), rows(of: validation))
    }

    /// Whether the training rows are of several speakers, and the test rows of others.
    ///
    /// - Parameter dataset: the dataset that was divided.
    /// - Returns: false too where the speakers are not known.
    package func testsOtherSpeakers(of dataset: Dataset) -> Bool {
        guard let speakers = dataset.speakers else { return false }
        let known = { (rows: [Int]) in Set(rows.map { speakers[$0] }) }
        let (trained, tested) = (known(train), known(test))
        return !tested.contains(Dataset.unknownSpeaker) && trained.count > 1 && trained.isDisjoint(with: tested)
    }

    private func folds(_ count: Int, of rows: [Int], stream: String, _ dataset: Dataset) -> [[Int]] {
        let labels = dataset.labels ?? [Int](repeating: 0, count: dataset.count)
        let groups = dataset.groups ?? (0..<Int32(dataset.count)).map { $0 }
        return ClassGroups(rows, labels, groups).dealt(into: count, SeededGenerator(seed: seed, stream: stream))
    }
}

/// The groups of each class, with their rows.
private struct ClassGroups {
    /// For each class, in order: its groups, in order of first appearance.
    private var classes: [Int: [Int32]] = [:]
    private var rowsOf: [Int32: [Int]] = [:]

    /// A group belongs to the class of its first row.
    init(_ rows: [Int], _ labels: [Int], _ groups: [Int32]) {
        for row in rows {
            if rowsOf[groups[row]] == nil { classes[labels[row], default: []].append(groups[row]) }
            rowsOf[groups[row], default: []].append(row)
        }
    }

    var rows: [Int] { classes.values.joined().flatMap { rowsOf[$0] ?? [] } }

    /// Deals the groups of each class to so many parts; the next class goes on where the last one ended.
    func dealt(into count: Int, _ generator: SeededGenerator) -> [[Int]] {
        var (generator, next) = (generator, 0)
        var parts = [[Int]](repeating: [], count: count)
        for label in classes.keys.sorted() {
            for group in (classes[label] ?? []).shuffled(seeded: &generator) {
                parts[next % count] += rowsOf[group] ?? []
                next += 1
            }
        }
        return parts.map { $0.sorted() }
    }

    /// Takes some of each class's groups out: at least one of every class that has two or more.
    mutating func draw(percent: Int, _ generator: SeededGenerator) -> [Int] {
        var generator = generator
        var drawn: [Int] = []
        for label in classes.keys.sorted() {
            let chosen = (classes[label] ?? []).shuffled(seeded: &generator)
            let count = chosen.count > 1 ? max(1, chosen.count.fraction(percent)) : 0
            drawn += chosen[..<count].flatMap { rowsOf[$0] ?? [] }
            classes[label] = Array(chosen[count...])
        }
        return drawn
    }
}
