import Foundation
import Media
import Testing

@Suite("A clip's values as a model hears them")
struct AudioFeaturesTests {
    private struct Example: Decodable {
        let recording: String
        let settings: AudioFeatureSettings
        let features: [[Float]]
    }

    @Test("Means and differences are those of python_speech_features", arguments: [0, 1, 2])
    func parity(index: Int) throws {
        let examples = try JSONDecoder().decode(
            [Example].self, from: Data(contentsOf: AudioFixtures.file("features.json")))
        let example = examples[index]
        let extractor = try AudioFeatures(example.settings)
        let clip = try AudioFile.read(AudioFixtures.file("\(example.recording).wav"))
        let values = try extractor.values(of: clip)
        let expected = example.features.flatMap { $0 }
        #expect(values.count == example.settings.valuesPerClip)
        #expect(zip(values, expected).allSatisfy { abs($0 - $1) < 1e-3 })
        #expect(values.dropFirst(expected.count).allSatisfy { $0 == 0 })
    }

    @Test("Short clips get frames of zeros behind, long ones are cut, others are resampled")
    func fitting() throws {
        let mfcc = try MFCC()
        let speech = try AudioFile.read(AudioFixtures.file("paper.wav"))
        let plain = mfcc.features(of: speech.samples)
        #expect(try values(of: speech, frames: 39) == plain + [Float](repeating: 0, count: 507 - plain.count))
        #expect(try values(of: speech, frames: mfcc.frames(forSamples: speech.samples.count)) == plain)

        let stretch = speech.loudest(mfcc.samples(forFrames: 5))
        #expect(try values(of: speech, frames: 5) == mfcc.features(of: stretch.samples))
        #expect(try values(of: speech, frames: 5).count == 65)

        let telephone = try AudioFile.read(AudioFixtures.file("telephone.wav"))
        #expect(try values(of: telephone, frames: 39) == values(of: telephone.resampled(to: 16_000), frames: 39))
    }

    @Test("From MFCCs that are known come the same values as from the clip", arguments: [0, 1, 2])
    func coefficients(index: Int) throws {
        let examples = try JSONDecoder().decode(
            [Example].self, from: Data(contentsOf: AudioFixtures.file("features.json")))
        var settings = examples[index].settings
        let clip = try AudioFile.read(AudioFixtures.file("\(examples[index].recording).wav"))
        let mfcc = try MFCC(settings.mfcc).features(of: clip.resampled(to: settings.mfcc.sampleRate).samples)
        #expect(settings.values(ofCoefficients: mfcc) == (try AudioFeatures(settings).values(of: clip)))
        settings.frames = 3
        let cut = settings.values(ofCoefficients: mfcc)
        #expect(cut == settings.values(ofCoefficients: mfcc.prefix(3 * settings.mfcc.coefficients)))
    }

    @Test("A clip's loudness is taken out with the means")
    func gain() throws {
        var settings = AudioFeatureSettings()
        settings.normalizesMean = true
        let extractor = try AudioFeatures(settings)
        // Without the digital silence at its beginning, which is as loud at every loudness.
        let recording = try AudioFile.read(AudioFixtures.file("telephone.wav"))
        let speech = AudioClip(samples: Array(recording.samples.dropFirst(1000)), sampleRate: recording.sampleRate)
        let quieter = AudioClip(samples: speech.samples.map { $0 / 4 }, sampleRate: speech.sampleRate)
        let (loud, quiet) = (try extractor.values(of: speech), try extractor.values(of: quieter))
        #expect(zip(loud, quiet).allSatisfy { abs($0 - $1) < 1e-2 })
    }

    @Test("Settings out of range are refused, and those that a file leaves out have their defaults")
    func settings() throws {
        for (key, value) in [("frames", 0), ("frames", 10_001), ("deltas", 3), ("deltas", -1)] {
            let settings = try JSONDecoder().decode(AudioFeatureSettings.self, from: Data("{\"\(key)\":\(value)}".utf8))
            #expect(throws: MediaError.self) { try AudioFeatures(settings) }
        }
        let partial = try JSONDecoder().decode(AudioFeatureSettings.self, from: Data(#"{"mfcc":{"filters":30}}"#.utf8))
        var expected = AudioFeatureSettings()
        expected.mfcc.filters = 30
        #expect(partial == expected)
    }

    private func values(of clip: AudioClip, frames: Int) throws -> [Float] {
        var settings = AudioFeatureSettings()
        settings.frames = frames
        return try AudioFeatures(settings).values(of: clip)
    }
}
