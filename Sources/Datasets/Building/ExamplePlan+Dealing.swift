import FileFormats
import SeededRandom

extension ExamplePlan {
    /// The side of each item of a column. What stays in training has no part in the draw.
    /// - Throws: `DuetError` of kind `badData` where the same recording is both for training only and in the test.
    static func sides(
        of column: MaterialColumn, _ identities: [Int], _ classes: [Int], _ seed: UInt64,
        _ sideBySpeaker: (MaterialColumn.Item) -> DatasetFolder.Side?
    ) throws -> [DatasetFolder.Side] {
        let drawn = column.items.indices.filter { !column.items[$0].staysInTraining }
        let given = drawn.map { sideBySpeaker(column.items[$0]) ?? column.items[$0].side }
        // Where something stays in training, all others may be the test.
        let isSettled = drawn.count < column.items.count && !given.contains(nil)
        let sides =
            isSettled
            ? given.compactMap { $0 }
            : sides(
                given, drawn.map { identities[$0] }, drawn.map { classes[$0] }, seed, "build/\(column.noun)")
        var all = [DatasetFolder.Side](repeating: .train, count: column.items.count)
        for (item, side) in zip(drawn, sides) { all[item] = side }
        let tested = Set(all.indices.filter { all[$0] == .test }.map { identities[$0] })
        if let double = all.indices.first(where: { column.items[$0].staysInTraining && tested.contains(identities[$0]) }
        ) {
            throw DuetError(
                .badData, "\(column.items[double].origin) is for training only, but the same recording is in the test")
        }
        return all
    }

    /// The side of each thing: as given, else drawn. Where all that is given is one side, the other is drawn from it.
    static func sides(
        _ given: [DatasetFolder.Side?], _ identities: [Int], _ classes: [Int], _ seed: UInt64, _ stream: String
    ) -> [DatasetFolder.Side] {
        let drawn = drawnSides(identities, classes: classes, seed: seed, stream: stream)
        guard Set(given.compactMap { $0 }).count == 2 else { return drawn }
        return zip(given, drawn).map { $0 ?? $1 }
    }

    /// A tenth of each class's groups for the test: at least one of every class that has two or more.
    static func drawnSides(
        _ groups: [some FixedWidthInteger], classes: [Int], seed: UInt64, stream: String
    ) -> [DatasetFolder.Side] {
        var generator = SeededGenerator(seed: seed, stream: stream)
        // A group belongs to the class of its first member.
        var seen: Set<Int> = []
        var groupsOf: [Int: [Int]] = [:]
        for (group, label) in zip(groups, classes) where seen.insert(Int(group)).inserted {
            groupsOf[label, default: []].append(Int(group))
        }
        var test: Set<Int> = []
        for label in groupsOf.keys.sorted() {
            let shuffled = (groupsOf[label] ?? []).shuffled(seeded: &generator)
            test.formUnion(shuffled.prefix(shuffled.count > 1 ? max(1, shuffled.count.fraction(10)) : 0))
        }
        return groups.map { test.contains(Int($0)) ? .test : .train }
    }

    /// Combines the items of each class on one side.
    ///
    /// Those of each column are dealt out in turn, so that each is used as often as any other of its kind, give or take one. A class has
    /// as many examples as it has items in the column where they are most. The rows follow the order of the first column.
    static func dealt(
        _ items: [[Int]], _ labels: [[Int]], _ columns: [MaterialColumn], _ classes: [String],
        _ side: DatasetFolder.Side, seed: UInt64
    ) throws -> [Draft] {
        var generator = SeededGenerator(seed: seed, stream: "build/deal/\(side)")
        let byClass = zip(items, labels).map { items, labels in Dictionary(grouping: items) { labels[$0] } }
        var drafts: [(round: Int, draft: Draft)] = []
        for (label, name) in classes.enumerated() {
            let decks = try byClass.enumerated().map { number, byClass in
                guard let items = byClass[label] else {
                    throw DuetError(
                        .badData,
                        "the class '\(name)' has no \(columns[number].noun.dropLast()) for the \(side) side; expected some of "
                            + "every class on both sides, so at least two of each in all")
                }
                return number == 0 ? items : items.shuffled(seeded: &generator)
            }
            for turn in 0..<(decks.map(\.count).max() ?? 0) {
                let dealt = decks.map { $0[turn % $0.count] }
                drafts.append((turn / decks[0].count, Draft(items: dealt, label: label)))
            }
        }
        return drafts.sorted { ($0.round, $0.draft.items[0]) < ($1.round, $1.draft.items[0]) }.map(\.draft)
    }
}
