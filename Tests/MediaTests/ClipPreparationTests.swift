import Foundation
import Media
import Testing

@Suite("What is done to a clip")
struct ClipPreparationTests {
    // 39 frames of 50 ms, 25 ms apart: one second of 16,000 samples. The last frame may reach beyond the clip's end.
    @Test(
        "Longer clips are cut, shorter ones padded, whatever their rate",
        arguments: [
            (16_000, 16_000, ClipPreparation.Fit.whole), (16_001, 16_000, .cut), (15_601, 16_000, .whole),
            (15_600, 16_000, .padded), (1, 16_000, .padded), (8_000, 8_000, .whole), (8_001, 8_000, .cut),
            (44_100, 44_100, .whole), (88_200, 44_100, .cut), (4_480, 8_000, .padded),
        ])
    func fits(samples: Int, rate: Int, fit: ClipPreparation.Fit) throws {
        let clip = AudioClip(samples: [Float](repeating: 0.1, count: samples), sampleRate: rate)
        let preparation = try AudioFeatures().preparation(of: clip)
        #expect(preparation.fit == fit)
        #expect(preparation.sampleRate == rate && preparation.modelSampleRate == 16_000)
        #expect(preparation.seconds == Double(samples) / Double(rate))
        #expect(preparation.modelSeconds == 1)
    }

    @Test("Only what is padded ends in frames of zeros")
    func zeros() throws {
        let features = try AudioFeatures()
        for samples in [15_600, 15_601] {
            let clip = AudioClip(
                samples: (0..<samples).map { Float($0 % 17) / 17 }, sampleRate: 16_000)
            let isPadded = try features.values(of: clip).suffix(13).allSatisfy { $0 == 0 }
            #expect(try isPadded == (features.preparation(of: clip).fit == .padded))
        }
    }
}
