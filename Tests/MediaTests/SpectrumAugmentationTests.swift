import Foundation
import Media
import SeededRandom
import Testing

/// Recordings of which there are features only, varied by the spectra that these stand for.
struct SpectrumAugmentationTests {
    private static let torchaudio: AudioFeatureSettings = {
        var settings = AudioFeatureSettings()
        settings.mfcc = .torchaudio(sampleRate: 8_000, coefficients: 13)
        (settings.normalizesMean, settings.deltas) = (true, 2)
        return settings
    }()

    /// A spoken digit at 8 kHz, and what a model reads of it.
    private static func seven() throws -> AudioClip {
        try AudioFile.read(AudioFixtures.folder.appendingPathComponent("../../../examples/seven.wav")).resampled(
            to: 8_000)
    }

    private func varied(
        _ change: (inout WaveformAugmentation) -> Void, _ features: AudioFeatureSettings, seed: UInt64 = 1,
        of clip: AudioClip? = nil
    ) throws -> [Float] {
        var settings = WaveformAugmentation()
        change(&settings)
        let augmenter = try SpectrumAugmenter(settings, features)
        let (values, means) = try AudioFeatures(features).valuesAndMeans(of: clip ?? Self.seven())
        var result = [Float](repeating: .nan, count: features.valuesPerClip)
        result.withUnsafeMutableBufferPointer {
            augmenter.write(
                featuresOf: values, means: means, seed: seed,
                babbleOf: { _ in augmenter.spectrum(of: values, means: means) }, to: $0)
        }
        return result
    }

    private func distance(_ a: [Float], _ b: [Float]) -> Float {
        sqrt(zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Float(a.count))
    }

    @Test(arguments: [torchaudio, .speech, AudioFeatureSettings()])
    func fromCoefficientsToSpectraAndBack(_ features: AudioFeatureSettings) throws {
        let clip = try Self.seven()
        let own = try AudioFeatures(features).values(of: clip)
        // A gain of so little that nothing changes, but the way leads through the spectrum.
        let through = try varied({ $0.gain = 1e-9 }, features)
        let deviation = distance(own, [Float](repeating: 0, count: own.count))
        #expect(distance(own, through) < 0.02 * deviation)
        let unvaried = try varied({ ($0.clean, $0.gain) = (1, 6) }, features)
        #expect(unvaried == own)
    }

    /// What is done to a spectrum brings the features to where they come to lie if the same is done to the waveform: much nearer than
    /// they were.
    @Test(arguments: [torchaudio, .speech])
    func noiseInTheSpectrumIsLikeNoiseInTheSound(_ features: AudioFeatureSettings) throws {
        let clip = try Self.seven()
        let extractor = try AudioFeatures(features)
        let own = try extractor.values(of: clip)
        for ratio in [20.0, 10, 0] {
            var (before, after): (Float, Float) = (0, 0)
            for seed in UInt64(0)..<20 {
                var generator = SeededGenerator(seed: seed)
                var samples = clip.samples
                BackgroundNoise.add(generator.noise(samples.count), to: &samples, snr: ratio)
                let noisy = try extractor.values(of: AudioClip(samples: samples, sampleRate: 8_000))
                // White noise alone: of the kinds that are drawn, the first of four.
                var candidates: [[Float]] = []
                for other in UInt64(0)..<12 {
                    candidates.append(
                        try varied(
                            { ($0.backgroundNoise, $0.snr) = (1, ratio...ratio) }, features, seed: 40 * seed + other))
                }
                before += distance(own, noisy)
                after += try #require(candidates.map { distance($0, noisy) }.min())
            }
            #expect(after < 0.7 * before, "\(ratio) dB: \(after) of \(before)")
        }
    }

    @Test func eachStepChangesTheFeaturesAndFollowsFromTheSeed() throws {
        let steps: [(String, (inout WaveformAugmentation) -> Void)] = [
            ("vocal_tract", { $0.vocalTract = 0.2 }), ("speed", { $0.speed = 0.3 }), ("tempo", { $0.tempo = 0.3 }),
            ("silence", { $0.silence = 0.2 }), ("reverberation", { $0.reverberation = 1 }),
            ("background_noise", { $0.backgroundNoise = 1 }), ("clipping", { $0.clipping = 1 }),
            ("telephone", { $0.telephone = 1 }),
        ]
        // With room for silence.
        var features = Self.torchaudio
        features.frames = 80
        let own = try AudioFeatures(features).values(of: Self.seven())
        for (name, step) in steps {
            let first = try varied(step, features, seed: 5)
            let isFinite = first.allSatisfy(\.isFinite)
            #expect(isFinite && distance(first, own) > 0.1, "\(name)")
            let (again, other) = (try varied(step, features, seed: 5), try varied(step, features, seed: 6))
            #expect(first == again && first != other, "\(name)")
        }
        // What stays the same over a clip is taken away with the means: a microphone changes them alone.
        let microphone = try varied({ $0.equalizer = 12 }, features)
        #expect(distance(microphone, own) < 1)
    }

    @Test func soundsWithoutFramesOrOfOneFrameAreNoTrouble() throws {
        for count in [0, 1, 150] {
            let clip = AudioClip(samples: [Float](repeating: 0.1, count: count), sampleRate: 8_000)
            var everything = WaveformAugmentation.speech
            (everything.clean, everything.reverberation, everything.backgroundNoise) = (0, 1, 1)
            (everything.clipping, everything.telephone) = (1, 1)
            for seed in UInt64(0)..<10 {
                let values = try varied({ $0 = everything }, Self.torchaudio, seed: seed, of: clip)
                let isFinite = values.allSatisfy(\.isFinite)
                #expect(isFinite, "\(count) samples, seed \(seed)")
            }
        }
    }
}
