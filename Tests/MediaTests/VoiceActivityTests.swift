import Foundation
import Media
import SeededRandom
import Testing

@Suite("Finding the voice in a clip")
struct VoiceActivityTests {
    private static let rate = 8_000

    private static func features(trimming: Bool) throws -> AudioFeatures {
        var settings = AudioFeatureSettings.speech
        settings.trimsSilence = trimming
        return try AudioFeatures(settings)
    }

    /// A word of 0.4 s, a buzz that swells and fades, in a clip with noise of this deviation.
    private static func clip(
        seconds: Double, wordAt start: Double, noise: Float = 0, gain: Float = 1, rate: Int = rate
    ) -> AudioClip {
        var generator = SeededGenerator(seed: 7)
        var samples = generator.normals(Int(seconds * Double(rate))).map { $0 * noise }
        for index in 0..<Int(0.4 * Double(rate)) {
            let time = Double(index) / Double(rate)
            let tone = sin(2 * .pi * 200 * time) + 0.5 * sin(2 * .pi * 1_200 * time)
            samples[Int(start * Double(rate)) + index] += Float(0.3 * sin(.pi * time / 0.4) * tone)
        }
        return AudioClip(samples: samples.map { $0 * gain }, sampleRate: rate)
    }

    private static func noise(_ deviation: Float, seed: UInt64 = 1) -> AudioClip {
        var generator = SeededGenerator(seed: seed)
        return AudioClip(samples: generator.normals(2 * rate).map { $0 * deviation }, sampleRate: rate)
    }

    @Test("A word is found wherever it is, at any gain, rate and steady noise", arguments: [0.0, 0.001, 0.01])
    func found(noise: Float) throws {
        let features = try Self.features(trimming: true)
        for (start, gain) in [(0.0, 1.0), (0.7, 1.0), (1.55, 1.0), (0.7, 0.05), (0.7, 3.0)] {
            for rate in [8_000, 22_050] {
                let clip = Self.clip(seconds: 2, wordAt: start, noise: noise, gain: Float(gain), rate: rate)
                let preparation = try features.preparation(of: clip)
                let voice = try #require(preparation.voice, "at \(start)")
                #expect(preparation.isTrimmed && !preparation.isWithoutVoice && preparation.fit == .padded)
                // All that is loud, and no more than the margin around the word.
                #expect(voice[0] <= start + 0.08 && voice[0] >= max(start - 0.08, 0), "\(voice), \(start)")
                #expect(voice[1] >= start + 0.32 && voice[1] <= start + 0.48, "\(voice), \(start)")
            }
        }
    }

    @Test("The values are those of the word alone, wherever it lies")
    func values() throws {
        let features = try Self.features(trimming: true)
        let early = try features.values(of: Self.clip(seconds: 2, wordAt: 0.3))
        #expect(try early == features.values(of: Self.clip(seconds: 2, wordAt: 1.1)))
        let plain = try Self.features(trimming: false)
        #expect(
            try plain.values(of: Self.clip(seconds: 1, wordAt: 0.1))
                != plain.values(of: Self.clip(seconds: 1, wordAt: 0.5)))
        #expect(try !plain.preparation(of: Self.clip(seconds: 1, wordAt: 0.1)).isTrimmed)
    }

    @Test("Of two words the one with more energy is taken, and a short gap divides none")
    func words() throws {
        let features = try Self.features(trimming: true)
        func joined(gap: Double, _ secondGain: Float) -> AudioClip {
            let (first, second) = (
                Self.clip(seconds: 0.4, wordAt: 0), Self.clip(seconds: 0.4, wordAt: 0, gain: secondGain)
            )
            let silence = [Float](repeating: 0, count: Int(gap * Double(Self.rate)))
            return AudioClip(
                samples: silence + first.samples + silence + second.samples + silence, sampleRate: Self.rate)
        }
        let apart = try #require(features.preparation(of: joined(gap: 0.6, 2)).voice)
        #expect(apart[0] > 1.4 && apart[1] < 2.1, "\(apart)")
        let together = try #require(features.preparation(of: joined(gap: 0.15, 1)).voice)
        #expect(together[0] < 0.25 && together[1] > 0.85, "\(together)")
    }

    @Test("Silence, noise, a tone and a click have no voice")
    func nothing() throws {
        let features = try Self.features(trimming: true)
        let tone = (0..<16_000).map { Float(0.2 * sin(Double($0))) }
        var click = [Float](repeating: 0, count: 16_000)
        click[9_000] = 1
        var clips = [tone, click, [Float](repeating: 0, count: 16_000), [0.5], []].map {
            AudioClip(samples: $0, sampleRate: Self.rate)
        }
        clips += (1...20).map { Self.noise(0.1, seed: $0) } + [Self.noise(1e-5)]
        for (index, clip) in clips.enumerated() where !clip.samples.isEmpty {
            #expect(try features.preparation(of: clip).isWithoutVoice, "\(index)")
            // It is taken as it is.
            #expect(try features.values(of: clip) == Self.features(trimming: false).values(of: clip))
        }
    }
}
