import Datasets
import FileFormats
import Foundation
import Testing
import TestSupport

@Suite("Dataset folders")
struct DatasetFolderTests {
    /// Writes one side of four-pixel images and audio of two frames of three values.
    private func write(
        _ labels: [UInt8]?, first: Int = 0, in folder: URL, images: String, audio: String, labelFile: String,
        imageShape: [Int] = [4], audioShape: [Int] = [2, 3], rows: Int = 3
    ) throws {
        func url(_ name: String) -> URL { folder.appendingPathComponent(name) }
        try NPYArray.write(
            (0..<(rows * 4)).map { UInt8(first + $0) }, shape: [rows] + imageShape, to: url(images), overwrite: true)
        try NPYArray.write(
            (0..<(rows * 6)).map { Float(first + $0 / 12) }, shape: [rows] + audioShape, to: url(audio),
            overwrite: true)
        guard let labels else { return }
        if labelFile.hasSuffix("csv") {
            let lines = labels.enumerated().map { "\($0),\($1)\n" }.joined()
            try Data("row_id,label\n\(lines)".utf8).write(to: url(labelFile))
        } else {
            try NPYArray.write(labels, shape: [labels.count], to: url(labelFile), overwrite: true)
        }
    }

    private func writeZenodo(_ folder: URL, side: String, labels: [UInt8]?, first: Int = 0) throws {
        try write(
            labels, first: first, in: folder, images: "data_wr_\(side).npy", audio: "data_sp_\(side).npy",
            labelFile: "labels_\(side).npy")
    }

    @Test("The Zenodo layout: both sides pooled, the training side first")
    func zenodo() throws {
        try withTemporaryFolder { url in
            try writeZenodo(url, side: "train", labels: [0, 1, 0])
            try writeZenodo(url, side: "test", labels: [3, 0, 1], first: 1)
            let folder = try DatasetFolder(url)
            #expect(folder.sides == [.train, .test])
            let pool = try folder.load()
            #expect((pool.count, pool.trainSideCount) == (6, 3))
            #expect(pool.imageShape == [2, 2, 1] && pool.audioShape == [6, 1])
            #expect(pool.labels == [0, 1, 0, 3, 0, 1])
            // The audio of train row 2 is that of test rows 0 and 1, too: numbers hold across the sides.
            #expect(pool.groups == [0, 0, 1, 1, 1, 2])
            #expect(pool.classNames == ["0", "1", "2", "3"])
            let test = try folder.load(.test)
            #expect(test.count == 3 && test.labels == [3, 0, 1] && test.images == Array(pool.images[12...]))
            #expect(test.groups == [0, 0, 1])
            #expect(try folder.load(.train).classNames == pool.classNames)
        }
    }

    @Test("The Kaggle layout: the test side has no labels and stays out of the pool")
    func kaggle() throws {
        try withTemporaryFolder { url in
            try write(
                [1, 0, 1], in: url, images: "x_train_wr.npy", audio: "x_train_sp.npy", labelFile: "y_train.csv")
            try write(nil, in: url, images: "x_test_wr.npy", audio: "x_test_sp.npy", labelFile: "none")
            let folder = try DatasetFolder(url)
            let pool = try folder.load()
            #expect((pool.count, pool.trainSideCount) == (3, 3))
            #expect(pool.labels == [1, 0, 1])
            let test = try folder.load(.test)
            #expect(test.count == 3 && test.labels == nil && test.classNames == ["0", "1"])
            let info = try DatasetInfo(folder)
            #expect(info.sides.map(\.examplesPerClass) == [[1, 2], nil])
            #expect(try info.fingerprint == pool.fingerprint())
            #expect(info.sharedGroups == 2)
        }
    }

    @Test(
        "Every documented shape of images and audio",
        arguments: [([4], [6]), ([2, 2], [2, 3]), ([2, 2, 1], [6, 1])])
    func shapes(image: [Int], audio: [Int]) throws {
        try withTemporaryFolder { url in
            try write(
                nil, in: url, images: "i.npy", audio: "a.npy", labelFile: "", imageShape: image, audioShape: audio)
            let pairs = try Dataset([
                Column(.image, contentsOf: url.appendingPathComponent("i.npy")),
                Column(.audio, contentsOf: url.appendingPathComponent("a.npy")),
            ])
            #expect(pairs.imageShape == [2, 2, 1] && pairs.audioShape == [6, 1])
            #expect(pairs.count == 3 && pairs.labels == nil && pairs.images == (0..<12).map(Float.init))
        }
    }

    @Test("Shapes that are no images or audio", arguments: [([5], [6]), ([], [6]), ([4], []), ([4], [2, 3, 1])])
    func badShapes(image: [Int], audio: [Int]) throws {
        try withTemporaryFolder { url in
            let images = url.appendingPathComponent("i.npy")
            let clips = url.appendingPathComponent("a.npy")
            let zeros = { (shape: [Int]) in [Float](repeating: 0, count: shape.reduce(2, *)) }
            try NPYArray.write(zeros(image), shape: [2] + image, to: images)
            try NPYArray.write(zeros(audio), shape: [2] + audio, to: clips)
            let error = try #require(throws: DuetError.self) {
                try Dataset([Column(.image, contentsOf: images), Column(.audio, contentsOf: clips)])
            }
            #expect(error.kind == .badData && error.description.contains("has shape [2"))
        }
    }

    @Test("What is missing is named")
    func missing() throws {
        try withTemporaryFolder { url in
            func error() throws -> DuetError {
                let error = try #require(throws: DuetError.self) { _ = try DatasetFolder(url).load() }
                #expect(error.kind == .missingInput)
                return error
            }
            #expect(try error().description.contains("holds no dataset"))
            try writeZenodo(url, side: "train", labels: nil)
            #expect(try error().description.contains("no labelled training side"))
            try FileManager.default.removeItem(at: url.appendingPathComponent("data_sp_train.npy"))
            #expect(try error().description.contains("has data_wr_train.npy but not data_sp_train.npy"))
        }
        let nowhere = try #require(throws: DuetError.self) { try DatasetFolder(URL(fileURLWithPath: "/no/where")) }
        #expect(nowhere.kind == .missingInput)
    }

    @Test("Groups and speakers are read where they are given")
    func groups() throws {
        try withTemporaryFolder { url in
            try writeZenodo(url, side: "train", labels: [0, 1, 0])
            let (groups, speakers) = ("groups_train.npy", "speakers_train.npy")
            try NPYArray.write([70, 80, 70] as [Int32], shape: [3], to: url.appendingPathComponent(groups))
            try NPYArray.write([5, 5, 6] as [Int64], shape: [3, 1], to: url.appendingPathComponent(speakers))
            let pool = try DatasetFolder(url).load()
            #expect(pool.groups == [70, 80, 70] && pool.speakers == [5, 5, 6])
            try NPYArray.write(
                [1, 2, 1 << 40] as [Int64], shape: [3], to: url.appendingPathComponent(groups), overwrite: true)
            let error = try #require(throws: DuetError.self) { _ = try DatasetFolder(url).load() }
            #expect(error.description.contains("\(groups): 1099511627776"))
        }
    }

    @Test("dataset.json: names the classes, tolerates unknown keys, must be sound")
    func description() throws {
        try withTemporaryFolder { url in
            let json = url.appendingPathComponent("dataset.json")
            try writeZenodo(url, side: "train", labels: [0, 1, 0])
            try Data(#"{"name": "pets", "classes": ["cat", "dog", "cow"], "colour": {"a": [1]}}"#.utf8).write(to: json)
            #expect(try DatasetFolder(url).load().classNames == ["cat", "dog", "cow"])
            try Data(#"{"name": "pets", "classes": ["cat"]}"#.utf8).write(to: json)
            let label = try #require(throws: DuetError.self) { _ = try DatasetFolder(url).load() }
            #expect(label.description.contains("labels_train.npy, row 1: label 1; expected 0 to 0"))
            let names = ["3", "[]", "[1]", "null"].map { #"{"name": "x", "classes": \#($0)}"# }
            for text in names + ["", "[]", #"{"name": "x"}"#] {
                try Data(text.utf8).write(to: json)
                let error = try #require(throws: DuetError.self) { try DatasetFolder(url) }
                #expect(error.kind == .badData && error.description.contains("dataset.json"))
            }
            try Data(#"{"name": "x", "classes": ["a"], "version": 3}"#.utf8).write(to: json)
            let version = try #require(throws: DuetError.self) { try DatasetFolder(url) }
            #expect(version.description.contains("version 3") && version.description.contains("update Duet"))
        }
    }

    @Test("The report warns of what makes results look too good")
    func warnings() throws {
        try withTemporaryFolder { url in
            try writeZenodo(url, side: "train", labels: [0, 2, 0])
            try writeZenodo(url, side: "test", labels: [0, 1, 2], first: 1)
            let info = try DatasetInfo(DatasetFolder(url))
            #expect(info.sharedGroups == 1)
            #expect(info.sides.map(\.groups) == [2, 2] && info.sides.map(\.largestGroup) == [2, 2])
            #expect(info.sides[0].examplesPerClass == [2, 0, 1])
            #expect(info.sides[0].modalities.map(\.type) == ["uint8", "float32"])
            let images = info.sides[1].modalities[0]
            #expect((images.minimum, images.maximum, images.mean) == (1, 12, 6.5))
            #expect(abs(images.standardDeviation - 3.452052529534663) < 1e-12)
            for part in [
                "1 groups, such as recordings, are on both", "train: 3 examples share 2 groups",
                "train: no example of the class '1'",
            ] {
                #expect(info.warnings.contains { $0.contains(part) }, "\(part)")
            }
        }
    }
}
