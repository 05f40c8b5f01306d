import Datasets
import FileFormats
import Foundation
import Media
import Testing
import TestSupport

@Suite("Building a dataset from files")
struct DatasetBuilderTests {
    @Test("IDX files and spoken digits: sides as their names say, each picture once, nothing on both sides")
    func digits() throws {
        try withTemporaryFolder { folder in
            let (pictures, sounds) = (folder.appendingPathComponent("idx"), folder.appendingPathComponent("wav"))
            let labels = (0..<40).map { UInt8($0 % 2) }
            try BuildMaterial.writeIDX(labels: labels, to: pictures)
            try BuildMaterial.writeSpokenDigits([0, 1], speakers: ["ann", "bob"], to: sounds)
            let output = folder.appendingPathComponent("data/out")
            let material = try DatasetMaterial(images: pictures, audio: sounds)
            let built = try DatasetBuilder().build(material, to: output)
            let pool = try built.load()
            #expect(pool.imageShape == [2, 2, 1] && pool.audioShape == [507, 1])
            #expect(pool.classNames == ["0", "1"])
            // The pictures are drawn: a tenth of each class. Picture n begins with the value n. For the test there are ten
            // recordings of each class but two pictures, so each picture is there five times.
            let shown = (0..<pool.count).map { Int(pool.images[$0 * 4]) }
            #expect(Set(shown).count == 40 && pool.trainSideCount == 36 && pool.count == 36 + 20)
            #expect(zip(shown, pool.labels ?? []).allSatisfy { labels[$0] == UInt8($1) })
            // One recording of each speaker and digit, index 5, is for training.
            let groups = try #require(pool.groups)
            let sides = [groups[..<pool.trainSideCount], groups[pool.trainSideCount...]].map(Set.init)
            #expect(sides[0].count == 4 && sides[0].isDisjoint(with: sides[1]))
            #expect(built.description?.speakers == ["ann", "bob"])
            #expect(Set(pool.speakers ?? []) == [0, 1])
            #expect(built.description?.modalities[1].features?.settings != nil)
            #expect(try DatasetInfo(built).warnings.count == 1, "recordings are shared, and nothing else is wrong")
        }
    }

    @Test("The paper's features: what Duet computes from a file is what the dataset holds")
    func values() throws {
        try withTemporaryFolder { folder in
            let (pictures, sounds) = (folder.appendingPathComponent("idx"), folder.appendingPathComponent("wav"))
            try BuildMaterial.writeIDX(labels: [0, 1, 0, 1], to: pictures)
            for (name, pitch) in [("0/a", 300.0), ("0/b", 320), ("1/a", 600), ("1/b", 650)] {
                try BuildMaterial.writeTone(pitch, to: sounds.appendingPathComponent("\(name).wav"))
            }
            let output = folder.appendingPathComponent("out")
            let pool = try DatasetBuilder().build(DatasetMaterial(images: pictures, audio: sounds), to: output).load()
            let rows = try ["train", "test"].flatMap {
                try CSVTable(contentsOf: output.appendingPathComponent("examples_\($0).csv")).rows
            }
            #expect(rows.count == pool.count)
            let extractor = try AudioFeatures()
            for (index, row) in rows.enumerated() {
                let expected = try extractor.values(of: AudioFile.read(URL(fileURLWithPath: row["audio"] ?? "")))
                #expect(Array(pool.audio[(index * 507)..<((index + 1) * 507)]) == expected)
                #expect(row["label"] == pool.classNames[pool.labels?[index] ?? -1])
            }
        }
    }

    @Test("By speaker: those that were named are heard in the test alone")
    func speakers() throws {
        try withTemporaryFolder { folder in
            let (pictures, sounds) = (folder.appendingPathComponent("idx"), folder.appendingPathComponent("wav"))
            try BuildMaterial.writeIDX(labels: (0..<20).map { UInt8($0 % 2) }, to: pictures)
            try BuildMaterial.writeSpokenDigits([0, 1], speakers: ["ann", "bob", "cem"], to: sounds)
            let material = try DatasetMaterial(images: pictures, audio: sounds)
            var builder = DatasetBuilder()
            builder.splitting = .speaker(["bob"])
            let pool = try builder.build(material, to: folder.appendingPathComponent("named")).load()
            let speakers = try #require(pool.speakers)
            #expect(Set(speakers[..<pool.trainSideCount]) == [0, 2])
            #expect(Set(speakers[pool.trainSideCount...]) == [1])

            builder.splitting = .speaker([])
            let drawn = try #require(
                builder.build(material, to: folder.appendingPathComponent("drawn")).load().speakers)
            #expect(Set(drawn).count == 3)

            for (wrong, word) in [(["dan"], "'dan'"), (["ann", "bob", "cem"], "all 3 speakers")] {
                builder.splitting = .speaker(wrong)
                let error = try #require(throws: DuetError.self) {
                    try builder.build(material, to: folder.appendingPathComponent("wrong"))
                }
                #expect(error.description.contains(word))
            }
        }
    }

    @Test("A recording that is used again is varied, in training alone; equal seeds give equal bytes on any threads")
    func variation() throws {
        try withTemporaryFolder { folder in
            let (pictures, sounds) = (folder.appendingPathComponent("idx"), folder.appendingPathComponent("wav"))
            try BuildMaterial.writeIDX(labels: (0..<40).map { UInt8($0 % 2) }, to: pictures)
            try BuildMaterial.writeSpokenDigits([0, 1], speakers: ["ann"], to: sounds)
            let material = try DatasetMaterial(images: pictures, audio: sounds)
            var builder = DatasetBuilder()
            let plain = try builder.build(material, to: folder.appendingPathComponent("plain")).load()
            builder.variation = AudioVariation()
            builder.threads = 1
            let varied = try builder.build(material, to: folder.appendingPathComponent("varied")).load()
            builder.threads = 3
            let again = try builder.build(material, to: folder.appendingPathComponent("again")).load()
            #expect(varied.audio == again.audio && varied.images == plain.images)

            func clips(_ dataset: Dataset, _ rows: Range<Int>) -> Set<[Float]> {
                Set(rows.map { Array(dataset.audio[($0 * 507)..<(($0 + 1) * 507)]) })
            }
            let (train, test) = (0..<plain.trainSideCount, plain.trainSideCount..<plain.count)
            #expect(clips(plain, train).count == 2, "index 5 of each digit")
            #expect(clips(varied, train).count == train.count && clips(plain, train).isSubset(of: clips(varied, train)))
            #expect(clips(varied, test) == clips(plain, test))
            let known = try DatasetFolder(folder.appendingPathComponent("varied")).recordings()
            #expect(known.count == varied.count && known[train].count { $0 != nil } == 2)
            #expect(known[test].allSatisfy { $0.map { FileManager.default.fileExists(atPath: $0.path) } ?? false })

            builder.seed = 1
            let other = try builder.build(material, to: folder.appendingPathComponent("other")).load()
            #expect(clips(other, 0..<other.trainSideCount) != clips(varied, train))
            builder.repeats = 3
            let repeated = try builder.build(material, to: folder.appendingPathComponent("repeated")).load()
            #expect(repeated.trainSideCount == 3 * plain.trainSideCount)
            #expect(clips(repeated, 0..<repeated.trainSideCount).count == repeated.trainSideCount)
        }
    }

    @Test("Classes that are only seen or only heard, and classes without enough of either")
    func classes() throws {
        try withTemporaryFolder { folder in
            let (pictures, sounds) = (folder.appendingPathComponent("idx"), folder.appendingPathComponent("wav"))
            try BuildMaterial.writeIDX(labels: [0, 0, 1, 1, 2], to: pictures)
            try BuildMaterial.writeSpokenDigits([0, 1, 3], speakers: ["ann"], to: sounds)
            let output = folder.appendingPathComponent("out")
            func message(_ names: [String]? = nil) throws -> String {
                try #require(throws: DuetError.self) {
                    let material = try DatasetMaterial(images: pictures, audio: sounds, classNames: names)
                    try DatasetBuilder().build(material, to: output)
                }.description
            }
            let unmatched = try message()
            #expect(unmatched.contains("'2' has pictures but no") && unmatched.contains("'3' has recordings but no"))
            #expect(try message(["0", "1"]).contains("label 2, but --classes names only 2"))
            try FileManager.default.removeItem(at: sounds)
            try BuildMaterial.writeSpokenDigits([0, 1, 2], speakers: ["ann"], to: sounds)
            #expect(try message().contains("the class '2' has no picture for the test side"))
            #expect(try names(in: folder) == ["idx", "wav"])
        }
    }

    @Test("A stop leaves nothing behind, and an existing dataset is only replaced when asked for")
    func stopping() throws {
        try withTemporaryFolder { folder in
            let (pictures, sounds) = (folder.appendingPathComponent("idx"), folder.appendingPathComponent("wav"))
            try BuildMaterial.writeIDX(labels: (0..<20).map { UInt8($0 % 2) }, to: pictures)
            try BuildMaterial.writeSpokenDigits([0, 1], speakers: ["ann"], to: sounds)
            let material = try DatasetMaterial(images: pictures, audio: sounds)
            let output = folder.appendingPathComponent("out")
            let stopped = try #require(throws: DuetError.self) {
                try DatasetBuilder().build(material, to: output, monitor: .cancelled)
            }
            #expect(stopped.kind == .interrupted)
            #expect(try names(in: folder) == ["idx", "wav"])
            try DatasetBuilder().build(material, to: output)
            let taken = try #require(throws: DuetError.self) { try DatasetBuilder().build(material, to: output) }
            #expect(taken.kind == .exists)
            try DatasetBuilder().build(material, to: output, overwrite: true)
        }
    }
}
