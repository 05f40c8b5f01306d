import FileFormats
import FoundationEssentials
import SeededRandom

/// Which picture goes with which recording, on which side.
struct PairPlan {
    /// A row of the dataset to be.
    struct Row: Equatable {
        /// Number of the picture.
        let picture: Int
        /// Number of the recording.
        let recording: Int
        /// Number of the class.
        let label: Int
        /// How many rows of this side before it have the same recording.
        let use: Int
        /// What may never be divided between training, validation and test has the same number.
        let group: Int32
    }

    /// The rows of each side, in their order.
    var rows: [DatasetFolder.Side: [Row]] = [:]

    /// A picture and a recording that belong together.
    struct Draft {
        let picture: Int
        let recording: Int
        let label: Int
    }

    /// Plans the pairs.
    ///
    /// - Parameters:
    ///   - material: the pictures and recordings.
    ///   - identities: for each recording, a number that is the same for those that belong together.
    ///   - pictureIdentities: the same for pictures.
    ///   - classes: the classes' names, in their order.
    ///   - splitting: how the test side is chosen.
    ///   - repeats: how often each training pair is to be there.
    ///   - seed: settles what is drawn at random.
    /// - Throws: `DuetError` where a class has no picture or no recording on a side, or speakers are not known.
    init(
        _ material: DatasetMaterial, identities: [Int], pictureIdentities: [Int], classes: [String],
        splitting: DatasetBuilder.Splitting, repeats: Int, seed: UInt64
    ) throws {
        let numbers = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
        let labels = (
            pictures: material.pictures.items.map { numbers[$0.label] ?? 0 },
            recordings: material.recordings.map { numbers[$0.label] ?? 0 }
        )
        let testSpeakers = try Self.testSpeakers(material.recordings, splitting, seed: seed)
        func sideBySpeaker(_ recording: Int) -> DatasetFolder.Side? {
            testSpeakers.map { $0.contains(material.recordings[recording].speaker ?? "") ? .test : .train }
        }
        var drafts: [DatasetFolder.Side: [Draft]] = [.train: [], .test: []]
        if let pairs = material.pairs {
            let all = pairs.map {
                Draft(picture: $0.picture, recording: $0.recording, label: labels.recordings[$0.recording])
            }
            let groups = Self.groups(all, identities, pictureIdentities)
            let drawn = Self.drawnSides(groups, classes: all.map(\.label), seed: seed, stream: "build/pairs")
            for (index, draft) in all.enumerated() {
                let side = sideBySpeaker(draft.recording) ?? pairs[index].side ?? drawn[index]
                drafts[side]?.append(draft)
            }
        } else {
            let sides = (
                pictures: Self.sides(
                    material.pictures.items.map(\.side), pictureIdentities, labels.pictures, seed, "build/pictures"),
                recordings: Self.sides(
                    material.recordings.indices.map { sideBySpeaker($0) ?? material.recordings[$0].side }, identities,
                    labels.recordings, seed, "build/recordings")
            )
            for side in DatasetFolder.Side.allCases {
                drafts[side] = try Self.dealt(
                    pictures: labels.pictures.indices.filter { sides.pictures[$0] == side },
                    recordings: labels.recordings.indices.filter { sides.recordings[$0] == side }, labels, classes,
                    side, seed: seed)
            }
        }
        drafts[.train] = Array(repeatElement(drafts[.train] ?? [], count: repeats).joined())
        let ordered = DatasetFolder.Side.allCases.map { ($0, drafts[$0] ?? []) }
        let groups = Self.groups(ordered.flatMap(\.1), identities, pictureIdentities)
        var start = 0
        for (side, drafts) in ordered {
            var uses: [Int: Int] = [:]
            rows[side] = drafts.enumerated().map { index, draft in
                defer { uses[draft.recording, default: 0] += 1 }
                return Row(
                    picture: draft.picture, recording: draft.recording, label: draft.label,
                    use: uses[draft.recording] ?? 0, group: groups[start + index])
            }
            start += drafts.count
        }
    }

    /// Numbers for pairs that share a picture or a recording, directly or through others, counted in order of appearance.
    private static func groups(_ drafts: [Draft], _ identities: [Int], _ pictureIdentities: [Int]) -> [Int32] {
        let recordings = (identities.max() ?? -1) + 1
        var forest = DisjointSets(count: recordings + (pictureIdentities.max() ?? -1) + 1)
        for draft in drafts {
            forest.join(identities[draft.recording], recordings + pictureIdentities[draft.picture])
        }
        var numbers: [Int: Int32] = [:]
        return drafts.map { draft in
            let root = forest.root(of: identities[draft.recording])
            let number = numbers[root] ?? Int32(numbers.count)
            numbers[root] = number
            return number
        }
    }

    /// The names whose recordings are for the test; nil where it is not chosen by speaker.
    private static func testSpeakers(
        _ recordings: [RecordingItem], _ splitting: DatasetBuilder.Splitting, seed: UInt64
    ) throws -> Set<String>? {
        guard case .speaker(let wanted) = splitting else { return nil }
        if let unknown = recordings.first(where: { $0.speaker == nil }) {
            throw DuetError(
                .badData,
                "a split by speaker needs to know who speaks, but nothing says it of \(unknown.url.path); expected a column "
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
        guard chosen.count < speakers.count else {
            throw DuetError(.badData, "all \(speakers.count) speakers would be for the test; leave some to learn from")
        }
        return Set(chosen)
    }
}
