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
