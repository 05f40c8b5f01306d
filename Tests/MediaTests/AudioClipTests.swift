import Foundation
import Media
import Testing

@Suite("Sounds made to fit")
struct AudioClipTests {
    private func sine(_ frequency: Double, rate: Int, count: Int) -> [Float] {
        (0..<count).map { Float(0.5 * sin(2 * .pi * frequency * Double($0) / Double(rate))) }
    }

    @Test(
        "A tone stays the same tone at any rate",
        arguments: [(8_000, 16_000), (44_100, 16_000), (16_000, 8_000), (22_050, 16_000), (16_000, 384_000)])
    func tone(from: Int, to: Int) throws {
        let clip = AudioClip(samples: sine(1_000, rate: from, count: from / 2), sampleRate: from)
        let resampled = try clip.resampled(to: to)
        #expect(resampled.sampleRate == to)
        let expected = sine(1_000, rate: to, count: to / 2)
        try #require(resampled.samples.count == expected.count)
        // The tone begins and ends abruptly, which no band-limited sound does.
        let inner = to / 20..<expected.count - to / 20
        let worst = inner.map { abs(resampled.samples[$0] - expected[$0]) }.max() ?? .infinity
        #expect(worst < 1e-4, "\(worst)")
    }

    @Test("A tone above half the new rate is gone")
    func aliases() throws {
        let clip = AudioClip(samples: sine(10_000, rate: 44_100, count: 22_050), sampleRate: 44_100)
        let resampled = try clip.resampled(to: 16_000).samples
        #expect(resampled[800..<7200].allSatisfy { abs($0) < 1e-4 })
    }

    @Test("The length is rounded to the nearest sample", arguments: [1, 2, 3, 999, 1000, 12_345])
    func lengths(count: Int) throws {
        for rate in [1_000, 11_025, 16_000, 48_000] {
            let clip = AudioClip(samples: [Float](repeating: 0.1, count: count), sampleRate: 44_100)
            let expected = Int((Double(count) * Double(rate) / 44_100).rounded())
            let samples = try clip.resampled(to: rate).samples
            #expect(samples.count == expected && samples.allSatisfy { $0.isFinite })
        }
    }

    @Test("Rates out of range are refused", arguments: [0, -1, 999, 384_001])
    func refused(rate: Int) throws {
        let clip = AudioClip(samples: [0], sampleRate: 16_000)
        let error = try #require(throws: MediaError.self) { try clip.resampled(to: rate) }
        #expect(error.description.contains("16000 Hz cannot be resampled to \(rate) Hz"))
        let fast = AudioClip(samples: [0], sampleRate: 384_000)
        #expect(throws: MediaError.self) { try fast.resampled(to: 1_000) }
    }

    @Test("The cut has the voice in its centre")
    func centre() {
        var samples = [Float](repeating: 0, count: 1000)
        for index in 600..<700 { samples[index] = 0.5 }
        samples[100] = 0.9
        let cut = AudioClip(samples: samples, sampleRate: 1000).loudest(300).samples
        #expect(cut.count == 300)
        #expect(abs(Int(cut.firstIndex { $0 > 0 } ?? 0) - 100) <= 1)
    }

    @Test("The cut is the loudest stretch of a voice longer than it, and all of a shorter clip")
    func loudest() {
        let samples = (0..<1000).map { Float($0) / 1000 }
        let clip = AudioClip(samples: samples, sampleRate: 1000)
        #expect((clip.loudest(100).samples.last ?? 0) > 0.99)
        #expect(clip.loudest(1000) == clip && clip.loudest(2000) == clip)
        let silence = AudioClip(samples: [Float](repeating: 0, count: 10), sampleRate: 1000)
        #expect(silence.loudest(3).samples == [0, 0, 0])
    }
}
