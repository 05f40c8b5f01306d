import DatasetFetching
import Datasets
import FileFormats
import Foundation
import Media
import Testing
import TestSupport

@Suite("The digits dataset")
struct DigitsDatasetTests {
    /// 400 training and 100 test images of ten digits, 20 recordings of each digit.
    private let source = DigitsSource(
        images: (0..<500).map { UInt8($0 % 251) }, imageSize: 1, imageLabels: (0..<500).map { $0 * 3 % 10 },
        trainImageCount: 400, recordings: (0..<200).map { [Float($0), Float($0) / 2] },
        recordingLabels: (0..<200).map { $0 % 10 }, recordingSpeakers: (0..<200).map { $0 / 10 % 3 },
        speakerNames: ["ada", "ben", "cleo"])

    @Test("Each image gets a recording of its digit, each recording serves one side, evenly")
    func pairing() throws {
        let pairing = try DigitsPairing(source, seed: 1).recordings
        #expect(pairing.indices.allSatisfy { source.recordingLabels[pairing[$0]] == source.imageLabels[$0] })
        let (train, test) = (pairing[..<400], pairing[400...])
        #expect(Set(train).count == 180 && Set(test).count == 20 && Set(train).isDisjoint(with: test))
        for (side, expected) in [(train, 2...3), (test, 5...5)] {
            let uses = Dictionary(grouping: side) { $0 }.values.map(\.count)
            #expect(uses.allSatisfy { expected.contains($0) })
        }
        #expect(try DigitsPairing(source, seed: 1).recordings == pairing)
        #expect(try DigitsPairing(source, seed: 2).recordings != pairing)
    }

    @Test("A digit without recordings is an error")
    func noRecording() throws {
        var source = source
        source.recordingLabels = source.recordingLabels.map { $0 == 7 ? 6 : $0 }
        let error = try #require(throws: DuetError.self) { try DigitsPairing(source, seed: 1) }
        #expect(error.kind == .badData && error.description.contains("the digit 7"))
    }

    @Test("Recordings are cut or padded with zeros to 39 frames of 13")
    func clips() throws {
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("X.npy")
            let lengths = [2, 50, 39]
            let frames = lengths.reduce(0, +)
            try NPYArray.write((0..<(frames * 13)).map { Float($0 + 1) }, shape: [frames, 13], to: url)
            let array = try NPYArray(contentsOf: url)
            let clips = try DigitsSource.clips(frames: array, lengths: lengths).map(\.values)
            #expect(clips.map(\.count) == [507, 507, 507])
            #expect(clips[0] == (1...26).map(Float.init) + [Float](repeating: 0, count: 507 - 26))
            #expect(clips[1] == (27..<(27 + 507)).map(Float.init))
            #expect(clips[2] == (677..<(677 + 507)).map(Float.init))
            #expect(throws: DuetError.self) { try DigitsSource.clips(frames: array, lengths: [2, 50, 38]) }

            // Ascending values: after the mean is gone, two frames are as far above 0 as below; the slope is that of a line.
            var features = DigitsSource.features
            (features.normalizesMean, features.deltas) = (true, 1)
            let clipsAndMeans = try DigitsSource.clips(frames: array, lengths: lengths, features)
            #expect(clipsAndMeans[0].means == (1...13).map { Float($0) + 6.5 })
            let normalized = clipsAndMeans.map(\.values)
            #expect(normalized.map(\.count) == [1014, 1014, 1014])
            #expect(normalized[0][0] == -6.5 && normalized[0][26] == 6.5 && normalized[0][52...].allSatisfy { $0 == 0 })
            #expect(normalized[2][(20 * 26 + 13)..<(20 * 26 + 26)].allSatisfy { $0 == 13 })
        }
    }

    @Test("The folder is in the Zenodo layout and loads back as it was paired")
    func folder() throws {
        try withTemporaryFolder { folder in
            let pairing = try DigitsPairing(source, seed: 1)
            try DigitsDataset.write(source, pairing, to: folder)
            let dataset = try DatasetFolder(folder)
            let pool = try dataset.load()
            #expect((pool.count, pool.trainSideCount) == (500, 400))
            #expect(pool.labels == source.imageLabels)
            #expect(pool.images == source.images.map(Float.init))
            #expect(pool.groups == pairing.recordings.map(Int32.init))
            #expect(pool.speakers == pairing.recordings.map { Int32($0 / 10 % 3) })
            #expect(pool.audio == pairing.recordings.flatMap { source.recordings[$0] })
            #expect(try Split(pool, seed: 0).leakedGroups(in: pool) == [])
            let description = try #require(dataset.description)
            #expect(description.files.count == 10 && description.sources.map(\.name).contains("MNIST"))
            #expect(description.speakers == ["ada", "ben", "cleo"])
            let info = try DatasetInfo(dataset)
            #expect(info.warnings.allSatisfy { !$0.contains("SHA-256") })
            #expect(info.sides.map(\.speakers) == [["ada", "ben", "cleo"], ["ada", "ben", "cleo"]])

            try NPYArray.write(
                [UInt8](repeating: 1, count: 100), shape: [100],
                to: folder.appendingPathComponent("labels_test.npy"), overwrite: true)
            #expect(try DatasetInfo(dataset).warnings.contains { $0.hasPrefix("labels_test.npy is not the file") })

            try FileManager.default.removeItem(at: folder.appendingPathComponent(DatasetDescription.fileName))
            let nameless = try DatasetInfo(DatasetFolder(folder))
            #expect(nameless.sides.map(\.speakers) == [["0", "1", "2"], ["0", "1", "2"]])
        }
    }

    @Test("The whole of it, from the real packages", .enabled(if: Machine.hasWheels, "needs the packages in the cache"))
    func whole() throws {
        try withTemporaryFolder { folder in
            let output = folder.appendingPathComponent("made/digits")
            let pool = try DigitsDataset.fetch(to: output).load()
            #expect((pool.count, pool.trainSideCount) == (65_000, 55_000))
            #expect(pool.imageShape == [28, 28, 1] && pool.audioShape == [507, 1])
            #expect(pool.labels?[55_000..<55_010] == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
            let utterances = try #require(pool.groups)
            let (train, test) = (Set(utterances[..<55_000]), Set(utterances[55_000...]))
            #expect(train.count == 2700 && test.count == 300 && train.isDisjoint(with: test))
            // Neither speakers nor settings may change what a model is trained on.
            #expect(try pool.fingerprint() == "b6b4fb5a7f533ada")
            let speakers = try #require(pool.speakers)
            #expect(Set(speakers) == Set(0..<6))
            #expect(Set(zip(utterances, speakers).map { [$0, $1] }).count == 3000)

            let again = try #require(throws: DuetError.self) { try DigitsDataset.fetch(to: output) }
            #expect(again.kind == .exists)
            let note = output.appendingPathComponent("my notes.txt")
            try Data("mine".utf8).write(to: note)
            let foreign = try #require(throws: DuetError.self) {
                try DigitsDataset.fetch(to: output, overwrite: true)
            }
            #expect(foreign.kind == .exists && foreign.description.contains("my notes.txt"))
            try FileManager.default.removeItem(at: note)
            try DigitsDataset.fetch(to: output, seed: 9, overwrite: true)
            #expect(try DatasetFolder(output).load().fingerprint() != pool.fingerprint())
            #expect(try names(in: output.deletingLastPathComponent()) == ["digits"])

            let stopped = try #require(throws: DuetError.self) {
                try DigitsDataset.fetch(to: folder.appendingPathComponent("stopped"), monitor: .cancelled)
            }
            #expect(stopped.kind == .interrupted)
            #expect(try names(in: folder) == ["made"])
        }
    }
}
