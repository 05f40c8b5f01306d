import FileFormats
import SeededRandom

extension PairPlan {
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

    /// Pairs the pictures and recordings of each class on one side.
    ///
    /// Both are dealt out in turn, so that each is used as often as any other of its kind, give or take one. A class has as many
    /// pairs as it has pictures, or recordings where those are more. The rows follow the pictures' order.
    static func dealt(
        pictures: [Int], recordings: [Int], _ labels: (pictures: [Int], recordings: [Int]), _ classes: [String],
        _ side: DatasetFolder.Side, seed: UInt64
    ) throws -> [Draft] {
        var generator = SeededGenerator(seed: seed, stream: "build/deal/\(side)")
        let looks = Dictionary(grouping: pictures) { labels.pictures[$0] }
        let sounds = Dictionary(grouping: recordings) { labels.recordings[$0] }
        var drafts: [(round: Int, draft: Draft)] = []
        for (label, name) in classes.enumerated() {
            guard let looks = looks[label], let sounds = sounds[label] else {
                let missing = looks[label] == nil ? "picture" : "recording"
                throw DuetError(
                    .badData,
                    "the class '\(name)' has no \(missing) for the \(side) side; expected some of every class on both sides, "
                        + "so at least two of each in all")
            }
            let deck = sounds.shuffled(seeded: &generator)
            for turn in 0..<max(looks.count, deck.count) {
                drafts.append(
                    (
                        turn / looks.count,
                        Draft(picture: looks[turn % looks.count], recording: deck[turn % deck.count], label: label)
                    ))
            }
        }
        return drafts.sorted { ($0.round, $0.draft.picture) < ($1.round, $1.draft.picture) }.map(\.draft)
    }
}
