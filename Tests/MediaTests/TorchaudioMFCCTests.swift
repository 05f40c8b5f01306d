import Foundation
import Media
import Testing

@Suite("MFCCs by torchaudio's convention")
struct TorchaudioMFCCTests {
    /// What torchaudio makes of a part of a recording.
    struct Case: Decodable, CustomTestStringConvertible {
        let recording: String
        let first: Int
        let samples: Int
        let settings: MFCCSettings
        let features: [[Float]]
        var testDescription: String { "\(samples) samples of \(recording), \(settings)" }

        static func all() throws -> [Case] {
            try JSONDecoder().decode([Case].self, from: Data(contentsOf: AudioFixtures.file("torchaudio.json")))
        }
    }

    @Test("They are torchaudio's within 1e-3", arguments: try Case.all())
    func parity(example: Case) throws {
        let recording = try AudioFile.read(AudioFixtures.file("\(example.recording).wav")).samples
        let sound = Array(recording[example.first..<example.first + example.samples])
        let mfcc = try MFCC(example.settings)
        let features = mfcc.features(of: sound)
        let expected = example.features.flatMap { $0 }
        try #require(features.count == expected.count)
        #expect(mfcc.frames(forSamples: sound.count) == example.features.count)
        let worst = zip(features, expected).map { abs($0 - $1) }.max() ?? .infinity
        #expect(worst < 1e-3, "\(worst)")
    }

    @Test("So many samples fill so many frames, and one more begins the next")
    func lengths() throws {
        let mfcc = try MFCC(.torchaudio(sampleRate: 8_000))
        #expect(mfcc.samples(forFrames: 39) == 7_799)
        #expect(mfcc.frames(forSamples: 7_799) == 39 && mfcc.frames(forSamples: 7_800) == 40)
        #expect(mfcc.samples(forFrames: 0) == 0 && mfcc.features(of: []).isEmpty)
    }

    @Test("Silence lies at the least level, and a sound's level does not depend on the one before")
    func silence() throws {
        let mfcc = try MFCC(.torchaudio(sampleRate: 8_000, coefficients: 13))
        let silence = mfcc.features(of: [Float](repeating: 0, count: 1_000))
        // −100 dB in each of 128 bands: all of it in the first coefficient, −100 × √128.
        #expect(silence.count == 6 * 13)
        #expect(silence.indices.allSatisfy { abs(silence[$0] - ($0 % 13 == 0 ? -1131.3708 : 0)) < 1e-3 })
        let speech = try AudioFile.read(AudioFixtures.file("telephone.wav")).samples
        let alone = mfcc.features(of: Array(speech[3000..<3300]))
        _ = mfcc.features(of: speech)
        #expect(mfcc.features(of: Array(speech[3000..<3300])) == alone)
    }

    @Test("In JSON, the convention decides what is not given")
    func coding() throws {
        func decode(_ text: String) throws -> MFCCSettings {
            try JSONDecoder().decode(MFCCSettings.self, from: Data(text.utf8))
        }
        #expect(try decode("{}").convention == .pythonSpeechFeatures)
        #expect(try decode(#"{"convention":"python_speech_features"}"#) == MFCCSettings())
        #expect(try decode(#"{"convention":"torchaudio"}"#) == .torchaudio())
        let digits = MFCCSettings.torchaudio(sampleRate: 8_000, coefficients: 13)
        #expect(try decode(#"{"convention":"torchaudio","sampleRate":8000,"coefficients":13}"#) == digits)
        let text = String(decoding: try JSONEncoder().encode(digits), as: UTF8.self)
        #expect(text.contains(#""convention":"torchaudio""#))
        #expect(try decode(text) == digits)
        #expect(throws: DecodingError.self) { try decode(#"{"convention":"kaldi"}"#) }
        // Values that the checks must see rather than a division by 0 in the defaults.
        #expect(throws: MediaError.self) { try MFCC(decode(#"{"convention":"torchaudio","sampleRate":0}"#)) }
        #expect(throws: MediaError.self) { try MFCC(decode(#"{"convention":"torchaudio","fftSize":0}"#)) }
    }

    @Test(
        "What torchaudio does not have is refused",
        arguments: [("preemphasis", "0.97"), ("lifter", "22"), ("appendsEnergy", "true")])
    func refused(name: String, value: String) throws {
        let text = "{\"convention\": \"torchaudio\", \"\(name)\": \(value)}"
        let settings = try JSONDecoder().decode(MFCCSettings.self, from: Data(text.utf8))
        let error = try #require(throws: MediaError.self) { try MFCC(settings) }
        #expect(error.description.hasPrefix("MFCC setting \(name) is \(value); expected"), "\(error)")
        #expect(error.description.contains("as torchaudio has no"))
    }
}
