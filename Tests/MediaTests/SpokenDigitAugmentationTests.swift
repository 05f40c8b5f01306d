import Foundation
import Media
import SeededRandom
import Testing

@Suite("Real recordings, varied")
struct SpokenDigitAugmentationTests {
    private static let recordings =
        (try? FileManager.default.contentsOfDirectory(at: AudioFixtures.spokenDigits, includingPropertiesForKeys: nil))?
        .filter { $0.pathExtension == "wav" }.sorted { $0.path < $1.path } ?? []

    @Test(
        "Every tenth spoken digit becomes finite values, others each time, however much it is varied",
        .enabled(if: !recordings.isEmpty, "needs the Free Spoken Digit Dataset in ../shared/data/fsdd"))
    func finite() throws {
        var settings = WaveformAugmentation()
        (settings.vocalTract, settings.speed, settings.tempo, settings.silence) = (0.5, 1, 1, 0.5)
        (settings.reverberation, settings.reverberationTime) = (0.5, 0.02...3)
        (settings.backgroundNoise, settings.snr) = (0.8, -20...40)
        (settings.equalizer, settings.gain, settings.clipping, settings.telephone) = (30, 12, 0.5, 0.5)
        let clips = try Self.recordings.enumerated().filter { $0.offset % 10 == 0 }.map {
            try AudioFile.read($0.element).samples
        }
        let features = AudioFeatureSettings.speech
        let augmenter = try WaveformAugmenter(settings, features)
        var values = [Float](repeating: .nan, count: features.valuesPerClip)
        var seen: Set<[Float]> = []
        for (number, clip) in clips.enumerated() {
            for seed in 0..<2 {
                values.withUnsafeMutableBufferPointer { target in
                    augmenter.write(
                        featuresOf: clip, seed: UInt64(2 * number + seed),
                        babbleOf: { clips[$0.index(below: clips.count)] }, to: target)
                }
                try #require(values.allSatisfy { $0.isFinite }, "\(Self.recordings[10 * number].lastPathComponent)")
                seen.insert(values)
            }
        }
        #expect(seen.count == 2 * clips.count)
    }
}
