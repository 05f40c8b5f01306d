import Datasets
import FileFormats
import Foundation
import Testing
import TestSupport

@Suite("Normalization")
struct NormalizationTests {
    private func values(_ name: String) throws -> [Float] {
        try NPYArray(contentsOf: fixture("data/npy/normalization_\(name).npy")).floats()
    }

    private func dataset() throws -> Dataset {
        try Dataset([
            Column(.image, contentsOf: fixture("data/npy/normalization_images.npy")),
            Column(.audio, contentsOf: fixture("data/npy/normalization_audio.npy")),
        ])
    }

    @Test("Mean and deviation of the chosen rows are NumPy's, to the last bit")
    func fit() throws {
        let normalization = try Normalization.fit(on: dataset(), rows: Array(3..<17))
        #expect(try normalization.audioMean == values("mean"))
        #expect(try normalization.audioDeviation == values("deviation"))
        #expect(normalization.audioDeviation[4] == 1)
    }

    @Test("Rows that were not chosen have no influence")
    func chosenOnly() throws {
        let all = try dataset()
        let changed = try Dataset(
            images: all.images, imageShape: all.imageShape, audio: [Float](repeating: 5, count: 21) + all.audio[21...],
            audioShape: all.audioShape)
        let rows = Array(3..<17)
        #expect(try Normalization.fit(on: all, rows: rows) == Normalization.fit(on: changed, rows: rows))
        #expect(try Normalization.fit(on: all, rows: [0, 3]) != Normalization.fit(on: changed, rows: [0, 3]))
    }

    @Test("By coefficient: all frames count together, but for those of zeros behind short clips")
    func byCoefficient() throws {
        let dataset = try Dataset(
            images: [0, 0], imageShape: [1, 1, 1], audio: [1, 10, 3, 30, 0, 0, 5, 50, 0, 20, 0, 0], audioShape: [6, 1])
        let normalization = try Normalization.fit(on: dataset, rows: [0, 1], frameWidths: ["audio": 2])
        // The frames are 1, 10; 3, 30; 5, 50; and 0, 20, which is none of zeros.
        #expect(normalization.audioMean == [2.25, 27.5, 2.25, 27.5, 2.25, 27.5])
        #expect(normalization.audioDeviation[..<2] == [Float(3.6875.squareRoot()), Float(218.75.squareRoot())])
        #expect(
            normalization.audioDeviation[2...] == normalization.audioDeviation[..<2]
                + normalization.audioDeviation[..<2])
        let second = try Normalization.fit(on: dataset, rows: [1], frameWidths: ["audio": 2])
        #expect(second.audioMean[..<2] == [2.5, 35])
    }

    @Test("Rows are gathered in the order asked for, as NumPy computes them")
    func gather() throws {
        let dataset = try dataset()
        let normalization = try Normalization.fit(on: dataset, rows: Array(3..<17))
        let rows = [19, 0, 7, 7][...]
        let audio = try [Float](unsafeUninitializedCapacity: 4 * 7) { buffer, count in
            if let start = buffer.baseAddress { try normalization.gather(rows, of: dataset.columns[1], into: start) }
            count = 4 * 7
        }
        let images = try [Float](unsafeUninitializedCapacity: 4 * 16) { buffer, count in
            if let start = buffer.baseAddress { try normalization.gather(rows, of: dataset.columns[0], into: start) }
            count = 4 * 16
        }
        let (expectedAudio, expectedImages) = try (values("result"), values("pixels"))
        #expect(audio == rows.flatMap { expectedAudio[($0 * 7)..<($0 * 7 + 7)] })
        #expect(images == rows.flatMap { expectedImages[($0 * 16)..<($0 * 16 + 16)] })
    }

    @Test("It survives JSON unchanged")
    func json() throws {
        let normalization = try Normalization.fit(on: dataset(), rows: [1, 2, 3])
        let data = try JSONEncoder().encode(normalization)
        #expect(try JSONDecoder().decode(Normalization.self, from: data) == normalization)
    }

    @Test("What is the same in every frame is written once", arguments: [1, 2, 3])
    func frames(_ width: Int) throws {
        func repeated(_ values: [Float]) -> [Float] { Array(repeatElement(values, count: 4).joined()) }
        let (mean, deviation) = ([Float(1.5), -2, 0.25], [Float(3), 1, 8])
        let normalization = Normalization([
            "audio": .standardization(
                mean: repeated(Array(mean.prefix(width))), standardDeviation: repeated(Array(deviation.prefix(width)))),
            // Here one array repeats itself and the other does not.
            "other": .standardization(mean: [1, 2, 1, 2], standardDeviation: [1, 2, 1, 3]),
        ])
        let text = try JSON.text(normalization)
        let written = ["[1.5]", "[1.5,-2]", "[1.5,-2,0.25]"][width - 1]
        #expect(text.contains("\"frames\":4,\"mean\":\(written)"), "\(text)")
        #expect(text.contains("\"mean\":[1,2,1,2],\"standardDeviation\":[1,2,1,3]"), "\(text)")
        #expect(try JSON.value(Normalization.self, from: text, in: "here") == normalization)
    }

    @Test(
        "Statistics that do not fit are refused",
        arguments: [
            "[1, 2], \"standardDeviation\": [1]", "[1], \"standardDeviation\": [1], \"frames\": 0",
            "[1], \"standardDeviation\": [1], \"frames\": -1",
            "[1, 2], \"standardDeviation\": [1, 1], \"frames\": 4611686018427387904",
        ])
    func damaged(_ values: String) throws {
        let text = "{\"rules\": {\"audio\": {\"standardization\": {\"mean\": \(values)}}}}"
        let error = #expect(throws: DuetError.self) {
            try JSON.value(Normalization.self, from: text, in: "here")
        }
        #expect(error?.kind == .badData && error?.message.contains("standard deviations in") == true)
    }
}
