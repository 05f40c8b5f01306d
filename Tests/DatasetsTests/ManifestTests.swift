import Datasets
import FileFormats
import Foundation
import Media
import Testing
import TestSupport

@Suite("Building a dataset from a manifest")
struct ManifestTests {
    private static let pictures = ["gray8", "rgb8", "palette8", "gray16"].map { "\($0).png" }

    /// Four pictures and four recordings of two classes in `folder`.
    private func writeMedia(in folder: URL) throws {
        for (index, name) in Self.pictures.enumerated() {
            try FileManager.default.copyItem(
                at: fixture("images/\(name)"), to: folder.appendingPathComponent("\(index).png"))
            try BuildMaterial.writeTone(Double(300 + 50 * index), to: folder.appendingPathComponent("\(index).wav"))
        }
    }

    private func build(_ lines: String, in folder: URL, _ builder: DatasetBuilder = DatasetBuilder()) throws
        -> DatasetFolder
    {
        let manifest = folder.appendingPathComponent("pairs.csv")
        try Data(lines.utf8).write(to: manifest)
        return try builder.build(
            DatasetMaterial(manifest: manifest), to: folder.appendingPathComponent("out"), overwrite: true)
    }

    @Test("Sides and speakers as the columns say, colours and sizes as asked for, and back from its own manifest")
    func columns() throws {
        try withTemporaryFolder { folder in
            try writeMedia(in: folder)
            var builder = DatasetBuilder()
            builder.imageShape = [6, 5, 3]
            let dataset = try build(
                """
                label,audio,image,split,speaker
                dog,0.wav,0.png,train,eve
                cat,1.wav,1.png,train,
                dog,2.wav,2.png,test,"Adam, the first"
                cat,3.wav,3.png,test,eve

                """, in: folder, builder)
            let pool = try dataset.load()
            #expect(pool.imageShape == [6, 5, 3] && pool.classNames == ["cat", "dog"] && pool.trainSideCount == 2)
            #expect(pool.labels == [1, 0, 1, 0] && pool.speakers == [1, Dataset.unknownSpeaker, 0, 1])
            #expect(dataset.description?.speakers == ["Adam, the first", "eve"])
            #expect(dataset.description?.modalities[0].preparation == PicturePreparation.none)

            let copies = try ["train", "test"].map {
                try String(contentsOf: dataset.url.appendingPathComponent("examples_\($0).csv"), encoding: .utf8)
            }
            let rows = copies[0] + copies[1].split(separator: "\n").dropFirst().joined(separator: "\n") + "\n"
            let again = try build(rows, in: folder, builder).load()
            #expect(again.images == pool.images && again.audio == pool.audio && again.speakers == pool.speakers)
        }
    }

    @Test("Without a column for it, what shares a picture, a recording or a group stays on one side")
    func groups() throws {
        try withTemporaryFolder { folder in
            var lines = "image,audio,label,group\n"
            for index in 0..<12 {
                let picture = "\(index).png"
                // Each another file: a PNG with bytes that no decoder reads behind its end would be refused, so another size.
                try FileManager.default.copyItem(
                    at: fixture("images/\(Self.pictures[index % 4])"), to: folder.appendingPathComponent(picture))
                try BuildMaterial.writeTone(Double(300 + 20 * index), to: folder.appendingPathComponent("\(index).wav"))
                lines += "\(picture),\(index).wav,\(["a", "b"][index % 2]),\(index < 8 ? "" : "u\(index % 2)")\n"
            }
            let pool = try build(lines, in: folder).load()
            // Pictures 0, 4 and 8 are the same file, and so on: four groups, of which the column joins some.
            let groups = try #require(pool.groups)
            #expect(
                Set(groups).count == 2,
                "8 and 10 share a group, and with it all pictures of 'a'; so do 9 and 11")
        }
    }

    @Test("All that is wrong is told at once, line by line, and nothing is written")
    func problems() throws {
        try withTemporaryFolder { folder in
            try writeMedia(in: folder)
            try Data("no sound".utf8).write(to: folder.appendingPathComponent("broken.wav"))
            func message(_ lines: String) throws -> String {
                let error = try #require(throws: DuetError.self) { try build(lines, in: folder) }
                #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("out").path))
                return error.description
            }
            let lines = try message(
                """
                image,audio,label,split
                0.png,0.wav,dog,train
                ,1.wav,cat,train
                1.png,1.wav,cat,validation
                0.png,2.wav,cat,test
                """)
            for part in [
                "3 problems", "line 3: 'image' is empty", "line 4: split is 'validation'", "line 5", "'dog' in line 2",
            ] {
                #expect(lines.contains(part), "\(lines)")
            }
            let files = try message(
                """
                image,audio,label
                0.png,missing.wav,dog
                1.png,broken.wav,dog
                2.png,2.wav,cat
                3.png,0.png,cat
                """)
            for part in ["3 problems", "missing.wav", "broken.wav", "0.png"] {
                #expect(files.contains(part), "\(files)")
            }
            #expect(try message("image,audio,label\nx.png,0.wav,a\ny.png,1.wav,b\n").contains("2 problems"))
            #expect(try message("image,sound,label\n").contains("a column 'sound'"))
            #expect(try message("image,audio,label,spilt\n").contains("a column 'spilt'"))
            #expect(try message("image,audio,label\n").contains("names no examples"))
        }
    }
}
