import Foundation
import Media
import Testing

@Suite("PNG and JPEG files")
struct ImageFileTests {
    @Test("PNG of up to 8 bits without transparency has Pillow's numbers exactly", arguments: ImageFixtures.files)
    func exact(name: String) throws {
        let inexact = ["alpha", "transparent", "16"].contains { name.contains($0) }
        guard name.hasSuffix(".png"), !inexact else { return }
        let image = try Image(contentsOf: ImageFixtures.folder.appendingPathComponent(name))
        let expected = try ImageFixtures.expectation(name)
        #expect(image == expected.image)
    }

    @Test("Every kind of PNG and JPEG is within 1/255 of what Pillow decodes", arguments: ImageFixtures.files)
    func close(name: String) throws {
        let image = try Image(contentsOf: ImageFixtures.folder.appendingPathComponent(name))
        let difference = try #require(image.steps(from: ImageFixtures.expectation(name).image), "another shape")
        #expect(difference <= 1.01)
        #expect(image.pixels.allSatisfy { (0...1).contains($0) })
    }

    @Test("16-bit samples keep their lower byte")
    func deep() throws {
        let image = try Image(data: ImageFixtures.data("gray16.png"), name: "deep")
        #expect(image.pixels[0] == 0)
        // The script's second pixel: 5 × 65536 / 170 + 5.
        #expect(image.pixels[1] == Float(5 * 65_536 / 170 + 5) / 65_535)
    }

    @Test("EXIF's eight orientations come out as Pillow turns them", arguments: 1...8)
    func orientation(number: UInt8) throws {
        var file = try ImageFixtures.data("oriented.jpg")
        let place = try #require(ImageFixtures.expectation("oriented.jpg").orientationByte)
        file[place] = number
        let image = try Image(data: file, name: "photo")
        let difference = try #require(image.steps(from: ImageFixtures.expectation("oriented\(number)").image))
        #expect(difference <= 1.01)
    }

    @Test("EXIF in either byte order; a broken one is passed over")
    func exifByteOrder() throws {
        let plain = try ImageFixtures.data("ycbcr444.jpg")
        let upright = try Image(data: plain, name: "plain")
        func turned(_ tiff: [UInt8]) throws -> Image {
            let content = Array("Exif\0\0".utf8) + tiff
            let segment: [UInt8] = [0xFF, 0xE1, 0, UInt8(content.count + 2)] + content
            return try Image(data: plain.prefix(2) + Data(segment) + plain.dropFirst(2), name: "turned")
        }
        let little: [UInt8] = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]
        let big: [UInt8] = [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]
        let clockwise = try turned(little)
        #expect((clockwise.width, clockwise.height) == (upright.height, upright.width))
        #expect(clockwise != upright)
        #expect(try turned(big) == clockwise)
        for length in 0..<20 {
            #expect(try turned(Array(little.prefix(length))) == upright)
        }
        #expect(try turned([0x49, 0x49, 42, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]) == upright)
        #expect(try turned(Array(little.prefix(18)) + [9, 0, 0, 0]) == upright)
    }

    @Test("The first bytes decide what a file is, and others are named")
    func format() throws {
        for (start, reason) in [
            ("", "empty"), ("GIF89a, as it were", "begins with 47 49 46 38"), ("x", "begins with 78"),
        ] {
            let error = try #require(throws: MediaError.self) { try Image(data: Data(start.utf8), name: "upload") }
            #expect(error.kind == .badData)
            #expect(error.description.contains("upload: "))
            #expect(error.description.contains(reason), "\(error)")
        }
        let missing = try #require(throws: MediaError.self) {
            try Image(contentsOf: ImageFixtures.folder.appendingPathComponent("nowhere.png"))
        }
        #expect(missing.kind == .missingInput)
        let folder = try #require(throws: MediaError.self) { try Image(contentsOf: ImageFixtures.folder) }
        #expect(folder.description.contains("a folder; expected a picture"))
    }
}
