import Datasets
import FileFormats
import Foundation
import Media
import Testing
import TestSupport

@Suite("Waveforms beside the features of a dataset")
struct WaveformsTests {
    /// Builds a dataset of two recordings of each of two digits for training, one of them there twice, and ten for the test.
    private func withDataset(_ body: (DatasetFolder, URL) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let (pictures, sounds) = (folder.appendingPathComponent("idx"), folder.appendingPathComponent("wav"))
            try BuildMaterial.writeIDX(labels: (0..<20).map { UInt8($0 % 2) }, to: pictures)
            try BuildMaterial.writeSpokenDigits([0, 1], speakers: ["ann", "bob"], to: sounds)
            try BuildMaterial.writeTone(200, seconds: 0.35, to: sounds.appendingPathComponent("0_ann_5.wav"))
            let copy = sounds.appendingPathComponent("0_ann_6.wav")
            try FileManager.default.copyItem(at: sounds.appendingPathComponent("0_ann_5.wav"), to: copy)
            var builder = DatasetBuilder()
            builder.audio = .speech
            builder.keepsWaveforms = true
            let output = folder.appendingPathComponent("out")
            try body(builder.build(DatasetMaterial(images: pictures, audio: [sounds]), to: output), output)
        }
    }

    @Test("Each distinct recording is there once, as long as it is, and its features are those of the column")
    func built() throws {
        try withDataset { folder, output in
            let waveforms = try #require(try folder.waveforms(of: .audio))
            let pool = try folder.load()
            #expect(waveforms.sampleRate == 8_000 && waveforms.count == pool.trainSideCount)
            #expect(waveforms.recordings == 4 && waveforms.sampleCount == 3 * 1_600 + 2_800)
            #expect(try folder.waveforms(of: .image) == nil)
            let extractor = try AudioFeatures(.speech)
            let column = try #require(pool["audio"])
            for row in 0..<waveforms.count {
                #expect(try extractor.values(of: waveforms.clip(of: row)) == column[row])
            }
            let info = try DatasetInfo(folder)
            #expect(info.warnings.count == 1, "recordings are shared, and nothing else is wrong")
            let files = try #require(folder.description?.files)
            #expect(files["means_audio_train.npy"] != nil && files["means_audio_test.npy"] != nil)
            #expect(files["waveforms_audio_train.npy"] != nil && files["waveform_places_audio_train.npy"] != nil)
        }
    }

    @Test("Of test examples, which a random split may train on, there is no waveform")
    func randomSplit() throws {
        try withDataset { folder, _ in
            let waveforms = try #require(try folder.waveforms(of: .audio))
            #expect(waveforms.has(0) && !waveforms.has(waveforms.count))
        }
    }

    @Test("With what was subtracted, the coefficients are those that were computed; also from a dataset to another")
    func means() throws {
        try withDataset { folder, output in
            var plain = AudioFeatureSettings.speech
            (plain.normalizesMean, plain.deltas) = (false, 0)
            let extractor = try AudioFeatures(plain)
            let waveforms = try #require(try folder.waveforms(of: .audio))
            let (pool, means) = (try folder.load(), try #require(try folder.means(of: .audio)))
            let column = try #require(pool["audio"])
            for row in 0..<waveforms.count {
                let expected = try extractor.values(of: waveforms.clip(of: row))
                // The first frame; the last ones are zeros.
                for (value, mean) in zip(0..<13, means[row]) {
                    #expect(abs(try column[row][value] + mean - expected[value]) < 1e-3)
                }
            }
            let again = try DatasetBuilder().build(
                DatasetMaterial(images: output, audio: [output]), to: output.appendingPathComponent("../again"))
            let (others, otherMeans) = (try again.load(), try #require(try again.means(of: .audio)))
            let known = try Dictionary(
                (0..<pool.count).map { (Array(try column[$0]), means[$0]) }, uniquingKeysWith: { first, _ in first })
            let otherColumn = try #require(others["audio"])
            for row in 0..<others.count { #expect(known[Array(try otherColumn[row])] == otherMeans[row]) }

            try FileManager.default.removeItem(at: output.appendingPathComponent("means_audio_test.npy"))
            #expect(try folder.means(of: .audio) == nil, "of one side alone they are of no use")
        }
    }

    @Test("NumPy reads them", .enabled(if: Python.has("numpy"), "needs a Python with NumPy: set DUET_TEST_PYTHON"))
    func numpy() throws {
        try withDataset { folder, output in
            let script = """
                import numpy, sys
                waves = numpy.load(sys.argv[1] + "/waveforms_audio_train.npy", mmap_mode="r")
                places = numpy.load(sys.argv[1] + "/waveform_places_audio_train.npy")
                start, end = places[0]
                print(waves.dtype, len(places), waves[start:end].astype(int).sum())
                """
            let first = try #require(try folder.waveforms(of: .audio)).clip(of: 0)
            let sum = first.samples.reduce(0) { $0 + Int($1 * 32_768) }
            let (status, printed) = try Python.run(script, output.path)
            #expect(status == 0 && printed == "int16 18 \(sum)\n", "\(printed)")
        }
    }

    @Test("A folder whose waveforms do not fit names the file, the value and what to do")
    func refusals() throws {
        try withDataset { folder, output in
            let places = output.appendingPathComponent("waveform_places_audio_train.npy")
            let samples = output.appendingPathComponent("waveforms_audio_train.npy")
            func message(_ words: String..., kind: DuetError.Kind = .badData) throws {
                let error = try #require(throws: DuetError.self) {
                    _ = try DatasetFolder(output).waveforms(of: .audio)
                }
                #expect(error.kind == kind && words.allSatisfy(error.message.contains), "\(error.message)")
            }
            let good = try NPYArray(contentsOf: places)
            var numbers = try good.integers().map { Int64($0) }
            numbers[5] = 1_000_000
            try NPYArray.write(numbers, shape: good.shape, to: places, overwrite: true)
            try message("waveform_places_audio_train.npy, row 2", "1000000", "7600", "build the dataset again")
            numbers[5] = numbers[4] - 1
            try NPYArray.write(numbers, shape: good.shape, to: places, overwrite: true)
            try message("row 2")
            try NPYArray.write(Array(numbers.dropLast(2)), shape: [good.shape[0] - 1, 2], to: places, overwrite: true)
            try message("[17, 2]", "[18, 2]")
            try NPYArray.write([Float](repeating: 0, count: 9), shape: [9], to: samples, overwrite: true)
            try message("waveforms_audio_train.npy", "16-bit")
            try FileManager.default.removeItem(at: samples)
            try message("waveforms_audio_train.npy", kind: .missingInput)
            var description = try #require(folder.description)
            description.waveforms?["audio"]?.sampleRate = 16_000
            try description.write(to: output, overwrite: true)
            try message("dataset.json", "16000 Hz", "8000 Hz")
            description.waveforms = nil
            try description.write(to: output, overwrite: true)
            #expect(try DatasetFolder(output).waveforms(of: .audio) == nil, "as a folder of an earlier version")
        }
    }

    @Test("Varied recordings have no waveforms to keep")
    func variation() throws {
        try withTemporaryFolder { folder in
            let (pictures, sounds) = (folder.appendingPathComponent("idx"), folder.appendingPathComponent("wav"))
            try BuildMaterial.writeIDX(labels: [0, 1, 0, 1], to: pictures)
            try BuildMaterial.writeSpokenDigits([0, 1], speakers: ["ann"], to: sounds)
            var builder = DatasetBuilder()
            (builder.variation, builder.keepsWaveforms) = (AudioVariation(), true)
            let material = try DatasetMaterial(images: pictures, audio: [sounds])
            let error = try #require(throws: DuetError.self) {
                try builder.build(material, to: folder.appendingPathComponent("out"))
            }
            #expect(error.kind == .usage)
        }
    }
}
