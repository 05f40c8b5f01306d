import FileFormats
import FoundationEssentials
import SeededRandom

/// Which files make an example, and on which side it is.
struct ExamplePlan {
    /// A row of the dataset to be.
    struct Row: Equatable {
        /// The number of its item in each column of the material.
        let items: [Int]
        /// Number of the class.
        let label: Int
        /// What may never be divided between training, validation and test has the same number.
        let group: Int32
    }

    /// The rows of each side, in their order.
    var rows: [DatasetFolder.Side: [Row]] = [:]

    /// Items that belong together.
    struct Draft {
        let items: [Int]
        let label: Int
    }

    /// Plans the examples.
    ///
    /// - Parameters:
    ///   - material: the files.
    ///   - identities: for each column, for each of its items a number that is the same for those that belong together.
    ///   - classes: the classes' names, in their order.
    ///   - splitting: how the test side is chosen.
    ///   - repeats: how often each training example is to be there.
    ///   - seed: settles what is drawn at random.
    /// - Throws: `DuetError` where a modality has no file of a class on a side, or speakers are not known.
    init(
        _ material: DatasetMaterial, identities: [[Int]], classes: [String], splitting: DatasetBuilder.Splitting,
        repeats: Int, seed: UInt64
    ) throws {
        let numbers = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
        let labels = material.columns.map { column in column.items.map { numbers[$0.label] ?? 0 } }
        let testSpeakers = try Self.testSpeakers(material, splitting, seed: seed)
        func sideBySpeaker(_ item: MaterialColumn.Item) -> DatasetFolder.Side? {
            testSpeakers.flatMap { speakers in item.speaker.map { speakers.contains($0) ? .test : .train } }
        }
        var drafts: [DatasetFolder.Side: [Draft]] = [.train: [], .test: []]
        if let examples = material.examples {
            let all = examples.map { Draft(items: $0.items, label: labels[0][$0.items[0]]) }
            let groups = Self.groups(all, identities)
            let drawn = Self.drawnSides(groups, classes: all.map(\.label), seed: seed, stream: "build/pairs")
            for (index, draft) in all.enumerated() {
                let items = zip(material.columns, draft.items).map { $0.items[$1] }
                let side = items.lazy.compactMap(sideBySpeaker).first ?? examples[index].side ?? drawn[index]
                drafts[side]?.append(draft)
            }
        } else {
            let sides = try material.columns.indices.map { number in
                try Self.sides(of: material.columns[number], identities[number], labels[number], seed, sideBySpeaker)
            }
            for side in DatasetFolder.Side.allCases {
                let items = sides.map { sides in sides.indices.filter { sides[$0] == side } }
                drafts[side] = try Self.dealt(items, labels, material.columns, classes, side, seed: seed)
            }
        }
        drafts[.train] = Array(repeatElement(drafts[.train] ?? [], count: repeats).joined())
        let ordered = DatasetFolder.Side.allCases.map { ($0, drafts[$0] ?? []) }
        let groups = Self.groups(ordered.flatMap(\.1), identities)
        var start = 0
        for (side, drafts) in ordered {
            rows[side] = drafts.enumerated().map { index, draft in
                Row(items: draft.items, label: draft.label, group: groups[start + index])
            }
            start += drafts.count
        }
    }

    /// Numbers for examples that share an item, directly or through others, counted in order of appearance.
    private static func groups(_ drafts: [Draft], _ identities: [[Int]]) -> [Int32] {
        var starts = [0]
        for column in identities { starts.append(starts[starts.count - 1] + (column.max() ?? -1) + 1) }
        var forest = DisjointSets(count: starts[identities.count])
        func node(_ column: Int, _ item: Int) -> Int { starts[column] + identities[column][item] }
        for draft in drafts {
            for (column, item) in draft.items.enumerated().dropFirst() {
                forest.join(node(0, draft.items[0]), node(column, item))
            }
        }
        var numbers: [Int: Int32] = [:]
        return drafts.map { draft in
            let root = forest.root(of: node(0, draft.items[0]))
            let number = numbers[root] ?? Int32(numbers.count)
            numbers[root] = number
            return number
        }
    }

    /// The names whose recordings are for the test; nil where it is not chosen by speaker.
    private static func testSpeakers(
        _ material: DatasetMaterial, _ splitting: DatasetBuilder.Splitting, seed: UInt64
    ) throws -> Set<String>? {
        guard case .speaker(let wanted) = splitting else { return nil }
        guard let all = material.column(of: .audio)?.column.items else {
            throw DuetError(.usage, "a split by speaker needs recordings; there are pictures only")
        }
        let recordings = all.filter { !$0.staysInTraining }
        if let unknown = recordings.first(where: { $0.speaker == nil }) {
            throw DuetError(
                .badData,
                "a split by speaker needs to know who speaks, but nothing says it of \(unknown.origin); expected a column "
                    + "'speaker', a folder CLASS/SPEAKER/FILE, or names as in the Free Spoken Digit Dataset")
        }
        let speakers = ClassOrder.ordered(recordings.compactMap(\.speaker))
        if let stranger = wanted.first(where: { !speakers.contains($0) }) {
            throw DuetError(
                .badData, "there is no speaker '\(stranger)'; the speakers are \(speakers.joined(separator: ", "))")
        }
        var generator = SeededGenerator(seed: seed, stream: "build/speakers")
        let chosen =
            wanted.isEmpty
            ? Array(speakers.shuffled(seeded: &generator).prefix(max(1, speakers.count.fraction(10)))) : wanted
        guard chosen.count < speakers.count || recordings.count < all.count else {
            throw DuetError(.badData, "all \(speakers.count) speakers would be for the test; leave some to learn from")
        }
        return Set(chosen)
    }
}
