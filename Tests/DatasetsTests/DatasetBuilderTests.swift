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
            let material = try DatasetMaterial(images: pictures, audio: [sounds])
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
            let pool = try DatasetBuilder().build(DatasetMaterial(images: pictures, audio: [sounds]), to: output).load()
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
            let material = try DatasetMaterial(images: pictures, audio: [sounds])
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
            let material = try DatasetMaterial(images: pictures, audio: [sounds])
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
                    let material = try DatasetMaterial(images: pictures, audio: [sounds], classNames: names)
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

    @Test("One modality: recordings or pictures alone, each file once, with its group and its speaker")
    func oneModality() throws {
        try withTemporaryFolder { folder in
            let (pictures, sounds) = (folder.appendingPathComponent("idx"), folder.appendingPathComponent("wav"))
            try BuildMaterial.writeIDX(labels: (0..<20).map { UInt8($0 % 2) }, to: pictures)
            try BuildMaterial.writeSpokenDigits([0, 1], speakers: ["ann", "bob"], to: sounds)
            var builder = DatasetBuilder()
            builder.keepsWaveforms = true
            let heard = try builder.build(DatasetMaterial(audio: [sounds]), to: folder.appendingPathComponent("heard"))
            let audio = try heard.load()
            #expect(audio.modalities == [.audio] && audio.trainSideCount == 4 && audio.count == 24)
            #expect(Set(audio.groups ?? []).count == 24 && Set(audio.speakers ?? []) == [0, 1])
            #expect(heard.description?.modalities.map(\.name) == ["audio"])
            #expect(try heard.waveforms(of: .audio) != nil)
            let again = try DatasetBuilder().build(
                DatasetMaterial(manifest: heard.url.appendingPathComponent("examples_train.csv")),
                to: folder.appendingPathComponent("again"))
            #expect(try again.load().audio.count == 4 * 507)

            let seen = try DatasetBuilder().build(
                DatasetMaterial(images: pictures), to: folder.appendingPathComponent("seen"))
            let images = try seen.load()
            #expect(images.modalities == [.image] && images.count == 20 && images.trainSideCount == 18)
            #expect(images.speakers == nil)

            builder.splitting = .speaker([])
            let unknown = try #require(throws: DuetError.self) {
                try builder.build(DatasetMaterial(images: pictures), to: folder.appendingPathComponent("wrong"))
            }
            #expect(unknown.kind == .usage && unknown.description.contains("needs recordings"))
            builder = DatasetBuilder()
            builder.variation = AudioVariation()
            let unvaried = try #require(throws: DuetError.self) {
                try builder.build(DatasetMaterial(images: pictures), to: folder.appendingPathComponent("wrong"))
            }
            #expect(unvaried.description.contains("no recordings to vary"))
            #expect(throws: DuetError.self) { try DatasetMaterial() }
        }
    }

    @Test("Recordings of a dataset, of which there are features only, and voices for training alone")
    func storedRecordings() throws {
        try withTemporaryFolder { folder in
            let (sounds, voices) = (folder.appendingPathComponent("wav"), folder.appendingPathComponent("voices"))
            try BuildMaterial.writeSpokenDigits([0, 1], speakers: ["ann", "bob"], to: sounds)
            var builder = DatasetBuilder()
            builder.audio = .speech
            let first = try builder.build(DatasetMaterial(audio: [sounds]), to: folder.appendingPathComponent("first"))
            for digit in 0...1 {
                for clip in 0..<3 {
                    try BuildMaterial.writeTone(
                        Double(900 + 50 * digit + 7 * clip),
                        to: voices.appendingPathComponent("\(digit)/eve/\(clip).wav"))
                }
            }
            let material = try DatasetMaterial(audio: [first.url], trainingAudio: [voices])
            let built = try DatasetBuilder().build(material, to: folder.appendingPathComponent("both"))
            let (known, all) = (try first.load(), try built.load())
            // Sides, values, speakers and settings are the first dataset's; the voices are behind them, in training.
            #expect(all.trainSideCount == known.trainSideCount + 6 && all.count == known.count + 6)
            #expect(built.description?.modalities[0].features == first.description?.modalities[0].features)
            #expect(built.description?.speakers == ["ann", "bob", "eve"])
            #expect(Set(all.speakers?[all.trainSideCount...] ?? []) == [0, 1])
            func clips(_ dataset: Dataset, _ rows: Range<Int>) throws -> Set<[Float]> {
                Set(try rows.map { Array(try dataset.columns[0][$0]) })
            }
            let test = try clips(known, known.trainSideCount..<known.count)
            #expect(try clips(all, all.trainSideCount..<all.count) == test)
            #expect(try clips(known, 0..<known.trainSideCount).isSubset(of: clips(all, 0..<all.trainSideCount)))

            // By speaker, the voices stay where they are, and cannot be the test.
            builder = DatasetBuilder()
            builder.splitting = .speaker(["bob"])
            let without = try builder.build(material, to: folder.appendingPathComponent("without")).load()
            #expect(Set(without.speakers?[without.trainSideCount...] ?? []) == [1])
            #expect(Set(without.speakers?[..<without.trainSideCount] ?? []) == [0, 2])
            builder.splitting = .speaker(["ann", "bob"])
            let unheard = try builder.build(material, to: folder.appendingPathComponent("unheard")).load()
            #expect(Set(unheard.speakers?[unheard.trainSideCount...] ?? []) == [0, 1])
            #expect(Set(unheard.speakers?[..<unheard.trainSideCount] ?? []) == [2])
            builder.splitting = .speaker(["eve"])
            #expect(throws: DuetError.self) { try builder.build(material, to: folder.appendingPathComponent("no")) }

            // Waveforms are there of the voices alone.
            builder = DatasetBuilder()
            builder.keepsWaveforms = true
            let kept = try builder.build(material, to: folder.appendingPathComponent("kept"))
            let waveforms = try #require(try kept.waveforms(of: .audio))
            let speakers = try #require(try kept.load().speakers)
            #expect((0..<waveforms.count).allSatisfy { waveforms.has($0) == (speakers[$0] == 2) })
            #expect(waveforms.recordings == 6 && waveforms.sampleCount == 6 * 1600)

            // What cannot be: other settings, a test's recording in training.
            builder = DatasetBuilder()
            builder.audio = AudioFeatureSettings()
            func message(_ material: DatasetMaterial) throws -> String {
                try #require(throws: DuetError.self) {
                    try builder.build(material, to: folder.appendingPathComponent("no"))
                }.description
            }
            #expect(try message(material).contains("of other settings"))
            builder.audio = nil
            #expect(
                try message(DatasetMaterial(audio: [sounds], trainingAudio: [sounds])).contains("for training only"))
            #expect(throws: DuetError.self) { try DatasetMaterial(audio: [first.url, built.url]) }
        }
    }

    @Test("A stop leaves nothing behind, and an existing dataset is only replaced when asked for")
    func stopping() throws {
        try withTemporaryFolder { folder in
            let (pictures, sounds) = (folder.appendingPathComponent("idx"), folder.appendingPathComponent("wav"))
            try BuildMaterial.writeIDX(labels: (0..<20).map { UInt8($0 % 2) }, to: pictures)
            try BuildMaterial.writeSpokenDigits([0, 1], speakers: ["ann"], to: sounds)
            let material = try DatasetMaterial(images: pictures, audio: [sounds])
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
