import Foundation
import Media
import Testing

@Suite("Grey PNG files")
struct GrayImagePNGTests {
    private func fixture(_ name: String) -> URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/data/png/\(name).png")
    }

    @Test("All five scan-line filters give the pixels back")
    func filters() throws {
        let image = try GrayImage(png: fixture("gray"))
        #expect((image.width, image.height) == (6, 5))
        for (position, pixel) in image.pixels.enumerated() {
            let (y, x) = position.quotientAndRemainder(dividingBy: 6)
            #expect(Int(pixel) == (37 * y + 11 * x + x * y) % 256)
        }
    }

    @Test("One bit per pixel becomes black and white")
    func oneBit() throws {
        let image = try GrayImage(png: fixture("one_bit"))
        #expect(image.pixels == [255, 0, 255, 0, 0, 255, 0, 255, 0, 0, 0, 0, 255, 255, 255, 255])
    }

    @Test(
        "What is not an 8-bit grey picture is refused with the reason",
        arguments: [
            ("colour", "in colour"), ("transparent", "transparent"), ("deep", "16 bits deep"),
            ("cut_short", "cannot be decoded"), ("too_few_rows", "cannot be decoded"), ("enormous", "limit"),
            ("bad_checksum", "cannot be decoded"),
        ])
    func refused(name: String, reason: String) throws {
        let error = try #require(throws: MediaError.self) { try GrayImage(png: fixture(name)) }
        #expect(error.kind == .badData)
        #expect(error.description.contains(reason), "\(error)")
        #expect(error.description.contains("\(name).png"))
    }

    @Test("A missing file, an empty file and one of another kind")
    func notPNG() throws {
        let missing = try #require(throws: MediaError.self) { try GrayImage(png: fixture("nowhere")) }
        #expect(missing.kind == .missingInput)
        for data in [Data(), Data("not a picture at all".utf8)] {
            let error = try #require(throws: MediaError.self) { try GrayImage(pngData: data, name: "upload") }
            #expect(error.kind == .badData)
            #expect(error.description.contains("upload: not a readable PNG"))
        }
    }

    @Test("The caller's pixel limit holds")
    func pixelLimit() throws {
        #expect(try GrayImage(png: fixture("gray"), pixelLimit: 30).pixels.count == 30)
        #expect(throws: MediaError.self) { try GrayImage(png: fixture("gray"), pixelLimit: 29) }
    }
}
