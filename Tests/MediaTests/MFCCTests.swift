import Foundation
import Media
import Testing

@Suite("Mel-frequency cepstral coefficients")
struct MFCCTests {
    /// What python_speech_features makes of a recording.
    struct Case: Decodable, CustomTestStringConvertible {
        let recording: String
        let settings: MFCCSettings
        let features: [[Float]]
        var testDescription: String { "\(recording), \(settings)" }

        static func all() throws -> [Case] {
            try JSONDecoder().decode([Case].self, from: Data(contentsOf: AudioFixtures.file("mfcc.json")))
        }
    }

    @Test("They are python_speech_features' within 1e-3", arguments: try Case.all())
    func parity(example: Case) throws {
        let clip = try AudioFile.read(AudioFixtures.file("\(example.recording).wav"))
        try #require(clip.sampleRate == example.settings.sampleRate)
        let mfcc = try MFCC(example.settings)
        let features = mfcc.features(of: clip.samples)
        let expected = example.features.flatMap { $0 }
        try #require(features.count == expected.count)
        #expect(mfcc.frames(forSamples: clip.samples.count) == example.features.count)
        let worst = zip(features, expected).map { abs($0 - $1) }.max() ?? .infinity
        #expect(worst < 1e-3, "\(worst)")
    }

    @Test("The defaults are the paper's: 507 values for one second")
    func paper() throws {
        let mfcc = try MFCC()
        #expect(mfcc.frames(forSamples: 16_000) == 39)
        #expect(mfcc.samples(forFrames: 39) == 16_000)
        #expect(mfcc.features(of: [Float](repeating: 0.1, count: 16_000)).count == 507)
    }

    @Test("An extractor keeps nothing of one sound for the next")
    func reuse() throws {
        let mfcc = try MFCC()
        let speech = try AudioFile.read(AudioFixtures.file("paper.wav")).samples
        let first = mfcc.features(of: Array(speech.prefix(700)))
        _ = mfcc.features(of: speech)
        #expect(mfcc.features(of: Array(speech.prefix(700))) == first)
    }

    @Test("Silence and a single sample give finite values, no sound gives none")
    func little() throws {
        let mfcc = try MFCC()
        for samples in [[0], [1], [Float](repeating: 0, count: 5000)] as [[Float]] {
            let features = mfcc.features(of: samples)
            #expect(features.count == mfcc.frames(forSamples: samples.count) * 13)
            #expect(features.allSatisfy { $0.isFinite })
        }
        #expect(mfcc.features(of: []).isEmpty)
        // The logarithm of the smallest step from 1, as in Python.
        #expect(abs(mfcc.features(of: [0])[0] - -36.04365) < 1e-4)
    }

    @Test("Settings survive JSON, and what is not given keeps its default")
    func coding() throws {
        var settings = MFCCSettings()
        settings.window = .hann
        settings.highFrequency = 4000
        let decoder = JSONDecoder()
        #expect(try decoder.decode(MFCCSettings.self, from: JSONEncoder().encode(settings)) == settings)
        settings = MFCCSettings()
        settings.filters = 40
        #expect(try decoder.decode(MFCCSettings.self, from: Data(#"{"filters": 40}"#.utf8)) == settings)
    }

    @Test(
        "A setting out of range is named with what was expected",
        arguments: [
            ("sampleRate", "999"), ("fftSize", "1022"), ("fftSize", "0"), ("fftSize", "131072"),
            ("windowSeconds", "0.065"),
            ("windowSeconds", "1e300"), ("stepSeconds", "0"), ("coefficients", "27"), ("coefficients", "0"),
            ("filters", "2000"), ("lowFrequency", "-1"), ("lowFrequency", "8000"), ("highFrequency", "8001"),
            ("preemphasis", "1.5"), ("lifter", "-1"),
        ])
    func refused(name: String, value: String) throws {
        let settings = try JSONDecoder().decode(MFCCSettings.self, from: Data("{\"\(name)\": \(value)}".utf8))
        let error = try #require(throws: MediaError.self) { try MFCC(settings) }
        #expect(error.kind == .badData)
        #expect(error.description.hasPrefix("MFCC setting \(name) is"), "\(error)")
        #expect(error.description.contains("expected"))
    }

    @Test("A setting that is not a number is refused")
    func notNumbers() {
        let numbers: [WritableKeyPath<MFCCSettings, Double>] = [
            \.windowSeconds, \.stepSeconds, \.lowFrequency, \.preemphasis,
        ]
        for number in numbers {
            var settings = MFCCSettings()
            settings[keyPath: number] = .nan
            #expect(throws: MediaError.self) { try MFCC(settings) }
        }
        var settings = MFCCSettings()
        settings.highFrequency = .nan
        #expect(throws: MediaError.self) { try MFCC(settings) }
    }

    @Test(
        "All recordings of the spoken digits become 507 finite values",
        .enabled(
            if: FileManager.default.fileExists(atPath: AudioFixtures.spokenDigits.path),
            "needs the Free Spoken Digit Dataset in ../shared/data/fsdd"))
    func spokenDigits() throws {
        let recordings = try FileManager.default.contentsOfDirectory(
            at: AudioFixtures.spokenDigits, includingPropertiesForKeys: nil
        ).filter { $0.pathExtension == "wav" }
        try #require(!recordings.isEmpty)
        let extractor = try AudioFeatures()
        for recording in recordings {
            let features = try extractor.values(of: AudioFile.read(recording))
            #expect(features.count == 507 && features.allSatisfy { $0.isFinite }, "\(recording.lastPathComponent)")
        }
    }
}
