import Foundation
import Media
import Testing

@Suite("Sound files")
struct AudioFileTests {
    private func read(_ name: String) throws -> AudioClip {
        try AudioFile.read(AudioFixtures.file("encodings/\(name)"))
    }

    /// The 16-bit values that `make_encodings.py` writes.
    private var values: [Int] { (0..<300).map { (7 * $0 * $0 + 3001 * $0) % 65_536 - 32_768 } }

    @Test(
        "16 bits, in WAV and in FFmpeg's FLAC, are the integers over 32768",
        arguments: ["16.wav", "extensible.wav", "16.flac"])
    func integers(name: String) throws {
        let clip = try read(name)
        #expect(clip.sampleRate == 16_000)
        #expect(clip.samples == values.map { Float($0) / 32_768 })
    }

    @Test("Every other width holds the same sound as exactly as it can")
    func widths() throws {
        #expect(try read("8.wav").samples == values.map { Float($0 >> 8) / 128 })
        #expect(try read("24.wav").samples == values.map { Float($0 * 256 + 5) / 8_388_608 })
        #expect(try read("32.wav").samples == values.map { Float($0 * 65_536 + 77) / 2_147_483_648 })
        #expect(try read("float.wav").samples == values.map { Float($0) / 32_768 })
        #expect(try read("double.wav").samples == values.map { Float($0) / 32_768 })
    }

    @Test("µ-law and A-law are decoded as in G.711")
    func logarithmic() throws {
        let muLaw = (0..<256).map { byte in
            let bits = ~byte & 0xFF
            let magnitude = (((bits & 0xF) << 3) + 0x84) << (bits >> 4 & 7) - 0x84
            return Float(bits & 0x80 == 0 ? magnitude : -magnitude) / 32_768
        }
        #expect(try read("ulaw.wav").samples == muLaw)
        let aLaw = (0..<256).map { byte in
            let bits = byte ^ 0x55
            let (segment, step) = (bits >> 4 & 7, (bits & 0xF) << 4 + 8)
            let magnitude = segment == 0 ? step : (step + 0x100) << (segment - 1)
            return Float(bits & 0x80 == 0 ? -magnitude : magnitude) / 32_768
        }
        #expect(try read("alaw.wav").samples == aLaw)
    }

    @Test("Stereo is mixed to the mean of its channels")
    func stereo() throws {
        // Halves are rounded down, as in Python.
        let mixed = values.map { (Float($0) / 32_768 + Float((-$0) >> 1) / 32_768) / 2 }
        #expect(try read("stereo.wav").samples == mixed)
    }

    @Test(
        "What goes beyond the limits is refused with the value and what was expected",
        arguments: [
            ("empty.wav", "no samples"), ("seventeen_channels.wav", "17 channels; expected 1 to 16"),
            ("slow.wav", "999 samples per second; expected 1000 to 384000"), ("fast.wav", "384001 samples per second"),
            ("not_a_number.wav", "sample 1 is nan"),
            ("wrong_scale.wav", "sample 0 is -32768.0; expected values from −1 to 1"),
        ])
    func refused(name: String, reason: String) throws {
        let error = try #require(throws: MediaError.self) { try read(name) }
        #expect(error.kind == .badData)
        #expect(error.description.contains("\(name): "))
        #expect(error.description.contains(reason), "\(error)")
    }

    @Test("More than ten minutes are refused")
    func long() throws {
        // 8-bit silence at 1,000 Hz, a sample more than the limit.
        var bytes = try Data(contentsOf: AudioFixtures.file("encodings/8.wav")).prefix(44)
        bytes.replaceSubrange(24..<32, with: [0xE8, 3, 0, 0, 0xE8, 3, 0, 0])
        bytes.replaceSubrange(40..<44, with: [0xC1, 0x27, 9, 0])
        try AudioFixtures.withFile(bytes + Data(repeating: 128, count: 600_000)) { url in
            let clip = try AudioFile.read(url)
            #expect(clip.samples.count == 600_000)
        }
        try AudioFixtures.withFile(bytes + Data(repeating: 128, count: 600_001)) { url in
            let error = try #require(throws: MediaError.self) { try AudioFile.read(url) }
            #expect(error.description.contains("longer than 10 minutes"), "\(error)")
        }
    }

    @Test("However many samples a second, there is an end to what is taken into memory")
    func many() throws {
        // 8-bit silence at 384,000 Hz, a sample more than ten minutes at 48,000.
        var bytes = try Data(contentsOf: AudioFixtures.file("encodings/8.wav")).prefix(44)
        bytes.replaceSubrange(24..<32, with: [0, 0xDC, 5, 0, 0, 0xDC, 5, 0])
        bytes.replaceSubrange(40..<44, with: [1, 0x74, 0xB7, 1])
        let error = try #require(throws: MediaError.self) {
            try AudioFile.read(data: bytes + Data(repeating: 128, count: 28_800_001), name: "many.wav")
        }
        #expect(error.description == "many.wav: more than 28800000 samples; expected one short recording")
    }

    @Test("What is in memory is decoded as the file is, or refused in the same words")
    func memory() throws {
        let folder = AudioFixtures.file("encodings")
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let url = folder.appendingPathComponent(name)
            let data = try Data(contentsOf: url)
            do {
                let clip = try AudioFile.read(url)
                #expect(try AudioFile.read(data: data, name: name) == clip, "\(name)")
            } catch let error as MediaError {
                let refusal = #expect(throws: MediaError.self) { try AudioFile.read(data: data, name: url.path) }
                #expect(refusal == error, "\(name)")
            }
        }
        let empty = try #require(throws: MediaError.self) { try AudioFile.read(data: Data(), name: "nothing") }
        #expect(empty.description.hasPrefix("nothing: not a readable sound file"), "\(empty)")
    }

    @Test("A WAV file is read to its end, whatever its header promises")
    func promises() throws {
        #expect(try read("promises.wav") == read("16.wav"))
        let whole = try Data(contentsOf: AudioFixtures.file("encodings/16.wav"))
        try AudioFixtures.withFile(whole.prefix(44 + 200)) { url in
            let (cut, whole) = try (AudioFile.read(url), read("16.wav"))
            #expect(cut.samples == Array(whole.samples.prefix(100)))
        }
    }

    @Test("A FLAC file that is cut short is refused, and so is one with a changed byte")
    func brokenFLAC() throws {
        let whole = try Data(contentsOf: AudioFixtures.file("encodings/16.flac"))
        var changed = whole
        changed[whole.count - 100] ^= 1
        for broken in [whole.dropLast(100), changed] {
            try AudioFixtures.withFile(broken, named: "broken.flac") { url in
                let error = try #require(throws: MediaError.self) { try AudioFile.read(url) }
                #expect(error.kind == .badData)
                #expect(error.description.contains("broken.flac: "), "\(error)")
            }
        }
    }

    @Test("Missing files, folders, pipes and files of another kind")
    func notSounds() throws {
        let missing = try #require(throws: MediaError.self) { try read("nowhere.wav") }
        #expect(missing.kind == .missingInput)
        #expect(missing.description.contains("nowhere.wav: cannot be read"))
        let folder = try #require(throws: MediaError.self) { try read("") }
        #expect(folder.description.contains("a folder; expected a sound file"), "\(folder)")
        try AudioFixtures.withFile(Data()) { url in
            let pipe = url.deletingLastPathComponent().appendingPathComponent("pipe")
            try #require(mkfifo(pipe.path, 0o600) == 0)
            let error = try #require(throws: MediaError.self) { try AudioFile.read(pipe) }
            #expect(error.description.contains("a pipe or device"))
        }
        for bytes in [Data(), Data("RIFF".utf8), Data("no sound at all, but long enough for a header".utf8)] {
            try AudioFixtures.withFile(bytes) { url in
                let error = try #require(throws: MediaError.self) { try AudioFile.read(url) }
                #expect(error.kind == .badData)
                #expect(error.description.contains("not a readable sound file"), "\(error)")
            }
        }
    }

    @Test(
        "Whatever bytes a file holds, it gives finite samples or an error",
        arguments: ["16.wav", "stereo.wav", "16.flac"])
    func damaged(name: String) throws {
        let good = try Data(contentsOf: AudioFixtures.file("encodings/\(name)"))
        // The first and the last bytes: header and samples, without a FLAC file's long padding.
        let places = Array(0..<100) + Array(good.count - 600..<good.count)
        var random = SystemRandomNumberGenerator()
        for attempt in 0..<1500 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = places.randomElement(using: &random) ?? 0
                bytes[place] = UInt8.random(in: 0...255, using: &random)
            }
            if attempt % 3 == 0 { bytes = bytes.prefix(Int.random(in: 0...bytes.count, using: &random)) }
            try AudioFixtures.withFile(bytes) { url in
                do {
                    let clip = try AudioFile.read(url)
                    #expect(!clip.samples.isEmpty && clip.samples.allSatisfy { $0.isFinite })
                } catch let error as MediaError {
                    #expect(error.kind == .badData)
                }
            }
        }
    }
}
