extension Split {
    init(byUtterance dataset: PairedDataset, seed: UInt64) throws {
        guard let labels = dataset.labels, let utterances = dataset.utterances else {
            throw DataError(
                .badData, "a split by recording needs labels and recording numbers; this dataset has only some of them")
        }
        let ownTest = dataset.trainSideCount..<dataset.count
        let tested = Set(ownTest.map { utterances[$0] })
        let trainSide = 0..<dataset.trainSideCount
        let leftOut = trainSide.filter { tested.contains(utterances[$0]) }
        var pool = Recordings(trainSide.filter { !tested.contains(utterances[$0]) }, labels, utterances)

        var test = Array(ownTest)
        if ownTest.isEmpty {
            test = pool.draw(percent: 10, SeededGenerator(seed: seed, stream: "split/test"))
        }
        let validation = pool.draw(percent: 10, SeededGenerator(seed: seed, stream: "split/validation"))
        self.init(
            method: .utterance, seed: seed, train: pool.rows, validation: validation, test: test, leftOut: leftOut)
    }
}

/// The recordings of each class, with the rows that use them.
private struct Recordings {
    /// For each class, in order: its recordings, in order of first appearance.
    private var classes: [Int: [Int32]] = [:]
    private var rowsOf: [Int32: [Int]] = [:]

    /// A recording belongs to the class of its first row.
    init(_ rows: [Int], _ labels: [Int], _ utterances: [Int32]) {
        for row in rows {
            if rowsOf[utterances[row]] == nil { classes[labels[row], default: []].append(utterances[row]) }
            rowsOf[utterances[row], default: []].append(row)
        }
    }

    var rows: [Int] { classes.values.joined().flatMap { rowsOf[$0] ?? [] } }

    /// Takes some of each class's recordings out: at least one of every class that has two or more.
    mutating func draw(percent: Int, _ generator: SeededGenerator) -> [Int] {
        var generator = generator
        var drawn: [Int] = []
        for label in classes.keys.sorted() {
            let recordings = (classes[label] ?? []).shuffled(seeded: &generator)
            let count = recordings.count > 1 ? max(1, recordings.count.fraction(percent)) : 0
            drawn += recordings[..<count].flatMap { rowsOf[$0] ?? [] }
            classes[label] = Array(recordings[count...])
        }
        return drawn
    }
}
