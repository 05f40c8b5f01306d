import Datasets
import FileFormats
import Foundation
import Media
import TestSupport
import Testing

@Suite("Background examples of a dataset")
struct BackgroundBuildTests {
    /// Two digits by two speakers, and other tones in folders of some depth.
    private func withMaterial(_ body: (_ digits: URL, _ others: URL, _ output: URL) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let (digits, others) = (folder.appendingPathComponent("wav"), folder.appendingPathComponent("others"))
            try BuildMaterial.writeSpokenDigits([0, 1], speakers: ["ann", "bob"], to: digits)
            for (name, pitch) in [("a.wav", 900.0), ("word/eve/1.wav", 1_000), ("word/eve/2.wav", 1_100)] {
                try BuildMaterial.writeTone(pitch, to: others.appendingPathComponent(name))
            }
            try body(digits, others, folder.appendingPathComponent("out"))
        }
    }

    @Test("Every file below the folder is one, with the features, means and waveforms that the others have")
    func built() throws {
        try withMaterial { digits, others, output in
            var material = try DatasetMaterial(audio: [digits])
            try material.addBackground(others, of: .audio)
            var builder = DatasetBuilder()
            builder.audio = .speech
            builder.keepsWaveforms = true
            let folder = try builder.build(material, to: output)
            let pool = try folder.load()
            let column = try #require(pool["audio"])
            let background = try #require(try folder.background(for: column))
            #expect(background.count == 3)
            let files = ["a.wav", "word/eve/1.wav", "word/eve/2.wav"].map(others.appendingPathComponent)
            let extractor = try AudioFeatures(.speech)
            for (row, file) in files.enumerated() {
                let clip = try AudioFile.read(file)
                let expected = try extractor.valuesAndMeans(of: clip)
                #expect(try background.column[row] == expected.values)
                #expect(background.means?[row] == expected.means)
                #expect(try background.waveforms?.clip(of: row).samples.count == clip.samples.count)
            }
            // They are on no side.
            #expect(pool.count == 24 && pool.classNames == ["0", "1"])
            let info = try DatasetInfo(folder)
            #expect(info.background.map(\.examples) == [3] && info.background[0].values.name == "audio")
            #expect(info.warnings.isEmpty)
            #expect(info.sources.contains { $0.name.hasPrefix("background recordings in ") })
            let list = try CSVTable(contentsOf: output.appendingPathComponent("examples_background.csv"))
            #expect(list.rows.map { $0["file"] } == files.map(\.path))
            // A folder with such files is a dataset's, and may be replaced by one without them.
            let plain = try DatasetBuilder().build(DatasetMaterial(audio: [digits]), to: output, overwrite: true)
            #expect(try plain.background(for: column) == nil)
        }
    }

    @Test("Pictures become pixels of the size of the others")
    func pictures() throws {
        try withTemporaryFolder { folder in
            let (pictures, others) = (folder.appendingPathComponent("idx"), folder.appendingPathComponent("others"))
            try BuildMaterial.writeIDX(labels: (0..<40).map { $0 % 2 }, to: pictures)
            try FileManager.default.createDirectory(at: others, withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                at: fixture("images/gray1.png"), to: others.appendingPathComponent("letter.png"))
            var material = try DatasetMaterial(images: pictures)
            try material.addBackground(others, of: .image)
            let built = try DatasetBuilder().build(material, to: folder.appendingPathComponent("out"))
            let column = try #require(try built.load()["image"])
            let background = try #require(try built.background(for: column))
            #expect(background.count == 1 && background.column.shape == [2, 2, 1])
        }
    }

    @Test("What cannot be one is refused, and nothing is written")
    func refused() throws {
        try withMaterial { digits, others, output in
            func error(_ folder: URL, of modality: Modality = .audio) throws -> DuetError {
                try #require(throws: DuetError.self) {
                    var material = try DatasetMaterial(audio: [digits])
                    try material.addBackground(folder, of: modality)
                    try DatasetBuilder().build(material, to: output)
                }
            }
            let missing = try error(others.appendingPathComponent("none"))
            #expect(missing.kind == .missingInput && missing.message.contains("is not a folder"))
            let empty = others.appendingPathComponent("empty")
            try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
            let nothing = try error(empty)
            #expect(nothing.kind == .missingInput && nothing.message.contains("holds no recordings that Duet reads"))
            let picture = try error(others, of: .image)
            #expect(picture.kind == .usage && picture.message.contains("of which there are none"))
            // The digits themselves, in another place.
            let copy = others.appendingPathComponent("copy.wav")
            try FileManager.default.copyItem(at: digits.appendingPathComponent("1_ann_5.wav"), to: copy)
            let both = try error(others)
            #expect(both.kind == .badData)
            #expect(both.message.contains("copy.wav has the same values as ") && both.message.contains("class '1'"))
            try FileManager.default.removeItem(at: copy)
            try Data("no sound".utf8).write(to: others.appendingPathComponent("word/broken.wav"))
            #expect(try error(others).message.contains("broken.wav"))
            #expect(!FileManager.default.fileExists(atPath: output.path))
        }
    }
}
