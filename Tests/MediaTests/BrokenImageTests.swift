import Foundation
import Media
import Testing

@Suite("Pictures that are broken or claim too much")
struct BrokenImageTests {
    @Test(
        "Sizes that are absurd or over the limit are refused",
        arguments: [
            ("claims_20000x20000.png", "20000 × 20000 pixels are more than the limit of 40000000"),
            ("claims_20001x1.png", "20001 × 1 pixels; the limit is 20000 on each side"),
            ("claims_2147483648x1.png", "not a readable PNG"),
            ("claims_2147483647x2147483647.png", "the limit is 20000"),
            ("claims_0x1.png", "width is zero"),
        ])
    func size(name: String, reason: String) throws {
        let clock = ContinuousClock()
        let start = clock.now
        let error = try #require(throws: MediaError.self) {
            try Image(contentsOf: ImageFixtures.folder.appendingPathComponent(name))
        }
        // libpng, asked too early, clears a row of 17 gigabytes first.
        #expect(clock.now - start < .seconds(5))
        #expect(error.kind == .badData)
        #expect(error.description.contains(reason), "\(error)")
        #expect(error.description.contains(name))
    }

    @Test(
        "A JPEG's claims are judged too",
        arguments: [(20_000, "limit of 40000000"), (65_000, "limit is 20000"), (0, "Empty JPEG")])
    func jpegSize(side: Int, reason: String) throws {
        for name in ["ycbcr420.jpg", "progressive.jpg"] {
            var file = try ImageFixtures.data(name)
            // The frame header: marker, length, precision, then height and width.
            let marker: UInt8 = name == "progressive.jpg" ? 0xC2 : 0xC0
            let place = try #require(file.firstRange(of: Data([0xFF, marker]))).upperBound + 3
            for offset in [0, 2] {
                file[place + offset] = UInt8(side >> 8)
                file[place + offset + 1] = UInt8(side & 255)
            }
            let error = try #require(throws: MediaError.self) { try Image(data: file, name: "claim") }
            #expect(error.description.contains("claim: "))
            #expect(error.description.contains(reason), "\(error)")
        }
    }

    @Test("The caller's limits hold")
    func limits() throws {
        let file = try ImageFixtures.data("rgb8.png")
        _ = try Image(data: file, name: "small", limits: ImageLimits(pixels: 117, side: 13))
        for limits in [ImageLimits(pixels: 116, side: 13), ImageLimits(pixels: 117, side: 12)] {
            #expect(throws: MediaError.self) { try Image(data: file, name: "small", limits: limits) }
        }
    }

    @Test("A file cut short anywhere is refused", arguments: ImageFixtures.files)
    func cut(name: String) throws {
        let file = try ImageFixtures.data(name)
        for length in 0..<file.count {
            let error = try #require(throws: MediaError.self, "\(length) of \(file.count) bytes") {
                try Image(data: file.prefix(length), name: "cut")
            }
            #expect(error.kind == .badData)
        }
    }

    @Test("A wrong bit in a PNG is always noticed", arguments: ImageFixtures.files)
    func flippedPNG(name: String) throws {
        guard name.hasSuffix(".png") else { return }
        let file = try ImageFixtures.data(name)
        for position in file.indices {
            var broken = file
            broken[position] ^= 1 << (position % 8)
            #expect(throws: MediaError.self, "byte \(position)") { try Image(data: broken, name: "flipped") }
        }
    }

    @Test("Whatever the bytes, there is a picture or an error", arguments: ImageFixtures.files)
    func mangled(name: String) throws {
        let file = try ImageFixtures.data(name)
        var random = SplitMix(state: UInt64(file.count))
        let limits = ImageLimits(pixels: 50_000)
        for _ in 0..<200 {
            var broken = file
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let position = Int.random(in: 0..<broken.count, using: &random)
                broken[position] = UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) {
                let start = Int.random(in: 0..<broken.count, using: &random)
                broken.removeSubrange(start..<Int.random(in: start...broken.count, using: &random))
            }
            do {
                let image = try Image(data: broken, name: "mangled", limits: limits)
                #expect(image.pixels.allSatisfy { (0...1).contains($0) }, "\(broken.base64EncodedString())")
            } catch let error as MediaError {
                #expect(error.kind == .badData)
            }
        }
    }
}

/// The same random numbers in every run, so that what fails once fails again.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
