import Foundation
import Media
import Testing

@Suite("Pictures in other sizes and modes")
struct ImageResizingTests {
    @Test(
        "Sizes are Pillow's within 1/255: means by area where a side shrinks, bilinear where it grows",
        arguments: [(8, 6, " reduced"), (8, 6, ""), (7, 5, ""), (23, 17, ""), (31, 23, ""), (8, 25, "")])
    func likePillow(width: Int, height: Int, suffix: String) throws {
        let wide = try ImageFixtures.expectation("wide").image
        let resized = wide.resized(width: width, height: height)
        let expected = try ImageFixtures.expectation("wide to \(width)x\(height)\(suffix)").image
        #expect(try #require(resized.steps(from: expected)) <= 1.01)
    }

    @Test("Grey is Pillow's L within 1/255, and grey in RGB stays grey")
    func luma() throws {
        let image = try Image(data: ImageFixtures.data("rgb8.png"), name: "colours")
        let gray = image.converted(to: .gray)
        #expect(try #require(gray.steps(from: ImageFixtures.expectation("rgb8 as L").image)) <= 0.51)
        let back = gray.converted(to: .rgb)
        #expect(back.pixels == gray.pixels.flatMap { [$0, $0, $0] })
        #expect(image.converted(to: .rgb) == image)
    }

    @Test("A picture's own size changes nothing, and one pixel fills any size", arguments: [(1, 1), (3, 1), (28, 28)])
    func edges(width: Int, height: Int) throws {
        let wide = try ImageFixtures.expectation("wide").image
        #expect(wide.resized(width: wide.width, height: wide.height) == wide)
        let dot = Image(width: 1, height: 1, channels: .gray, pixels: [0.25])
        #expect(dot.resized(width: width, height: height).pixels.allSatisfy { $0 == 0.25 })
        let white = Image(width: 97, height: 31, channels: .gray, pixels: Array(repeating: 1, count: 97 * 31))
        #expect(white.resized(width: width, height: height).pixels.allSatisfy { abs($0 - 1) < 1e-5 })
    }

    @Test("The mean is kept when a side shrinks by any ratio", arguments: [2, 7, 28, 96])
    func mean(width: Int) {
        let old = (0..<97).map { Float(($0 * 37) % 97) / 97 }
        let new = Image(width: 97, height: 1, channels: .gray, pixels: old).resized(width: width, height: 1)
        let (before, after) = (old.reduce(0, +) / 97, new.pixels.reduce(0, +) / Float(width))
        #expect(abs(before - after) < 1e-5)
    }
}
