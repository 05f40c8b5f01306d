import Foundation
import Media
import Testing

@Suite("The steps that vary waveforms, beside SciPy, python_speech_features and audioop")
struct AugmentationParityTests {
    private struct Fixture: Decodable {
        struct Law: Decodable {
            let samples: [Int16]
            let bytes: [UInt8]
            let decoded: [Int16]
        }
        struct Warp: Decodable {
            let factor: Double
            let features: [[Float]]
        }
        struct Resampled: Decodable {
            struct Speed: Decodable {
                let speed: Int
                let samples: [Float]
            }
            let samples: [Float]
            let speeds: [Speed]
        }
        struct Filter: Decodable {
            let kind: String
            let frequency: Double
            let response: [Float]
        }
        let muLaw: Law
        let vocalTract: [Warp]
        let resampled: Resampled
        let filters: [Filter]
    }

    private let fixture: Fixture

    init() throws {
        fixture = try JSONDecoder().decode(
            Fixture.self, from: Data(contentsOf: AudioFixtures.file("augmentation.json")))
    }

    @Test("µ-law is audioop's, byte by byte")
    func muLaw() {
        #expect(fixture.muLaw.samples.map(MuLaw.encoded) == fixture.muLaw.bytes)
        #expect((0...255).map { MuLaw.decoded(UInt8($0)) } == fixture.muLaw.decoded)
    }

    @Test("MFCCs of another vocal tract are those over python_speech_features' filters, warped by NumPy")
    func vocalTract() throws {
        var settings = AudioFeatureSettings()
        settings.mfcc.sampleRate = 8_000
        settings.mfcc.windowSeconds = 0.025
        settings.mfcc.stepSeconds = 0.01
        settings.mfcc.fftSize = 512
        settings.mfcc.appendsEnergy = false
        let samples = Array(try AudioFile.read(AudioFixtures.file("telephone.wav")).samples[1_000..<3_000])
        settings.frames = fixture.vocalTract[0].features.count
        let extractor = try AudioFeatures(settings)
        for warp in fixture.vocalTract {
            var values = [Float](repeating: 0, count: settings.valuesPerClip)
            values.withUnsafeMutableBufferPointer { extractor.write(samples, vocalTract: warp.factor, to: $0) }
            let expected = warp.features.flatMap { $0 }
            try #require(values.count == expected.count)
            let worst = zip(values, expected).map { abs($0 - $1) }.max() ?? .infinity
            #expect(worst < 1e-3, "\(warp.factor): \(worst)")
        }
    }

    @Test("Another speed is scipy.signal.resample_poly's, below where the filters fall")
    func speed() throws {
        var speeds = SpeedChange()
        for expected in fixture.resampled.speeds {
            var samples = fixture.resampled.samples
            speeds.apply(to: &samples, speed: expected.speed)
            #expect(abs(samples.count - expected.samples.count) <= 1)
            // At the ends the filters reach over an edge, each in its way.
            let places = 100..<(samples.count - 100)
            let error = places.map { pow(samples[$0] - expected.samples[$0], 2) }.reduce(0, +)
            let energy = places.map { pow(expected.samples[$0], 2) }.reduce(0, +)
            #expect(10 * log10(error / energy) < -50, "\(expected.speed): \(10 * log10(error / energy)) dB")
        }
    }

    @Test("Filters have SciPy's impulse responses")
    func filters() throws {
        let qualities = [0.541_196_100_146_197, 1.306_562_964_876_376]
        for filter in fixture.filters {
            let frequency = filter.frequency / 8_000
            let sections: [BiquadFilter] =
                switch filter.kind {
                case "highPass": qualities.map { .highPass(frequency, quality: $0) }
                case "lowPass": qualities.map { .lowPass(frequency, quality: $0) }
                default: [.peak(frequency, quality: 0.8, decibels: 6)]
                }
            var response = [Float](repeating: 0, count: filter.response.count)
            response[0] = 1
            BiquadFilter.apply(sections, to: &response)
            let worst = zip(response, filter.response).map { abs($0 - $1) }.max() ?? .infinity
            #expect(worst < 1e-6, "\(filter.kind): \(worst)")
        }
    }
}
