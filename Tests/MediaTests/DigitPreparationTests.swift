import Foundation
import Media
import Testing

@Suite("Drawings made to look like MNIST's")
struct DigitPreparationTests {
    private func seven() throws -> Image {
        try Image(contentsOf: ImageFixtures.folder.appendingPathComponent("seven.png"))
    }

    @Test("A dark seven on light paper is inverted, fitted and centred by mass")
    func drawing() throws {
        let (digit, preparation) = try seven().preparedAsDigit()
        #expect(preparation == DigitPreparation(inverted: true, centered: true))
        let expected = try ImageFixtures.expectation("seven as a digit").image
        #expect(try #require(digit.steps(from: expected)) <= 1.01)
    }

    @Test("A light drawing on dark ground is centred without being inverted")
    func lightOnDark() throws {
        let dark = try seven().converted(to: .gray)
        let light = Image(
            width: dark.width, height: dark.height, channels: .gray, pixels: dark.pixels.map { 1 - $0 })
        let (digit, preparation) = light.preparedAsDigit()
        #expect(preparation == DigitPreparation(inverted: false, centered: true))
        #expect(try #require(digit.steps(from: ImageFixtures.expectation("seven as a digit").image)) <= 1.01)
    }

    @Test("Light that falls from one side changes nothing", arguments: [(0.35, 0), (-0.2, 0.3)] as [(Float, Float)])
    func unevenLight(across: Float, down: Float) throws {
        let page = try seven().converted(to: .gray)
        let (width, height) = (page.width, page.height)
        let lit = page.pixels.enumerated().map { index, value in
            0.5 * value + 0.2 + across * Float(index % width) / Float(width)
                + down * Float(index / width) / Float(height)
        }
        let (digit, preparation) = Image(width: width, height: height, channels: .gray, pixels: lit).preparedAsDigit()
        #expect(preparation == DigitPreparation(inverted: true, centered: true))
        #expect(try #require(digit.steps(from: ImageFixtures.expectation("seven as a digit").image)) <= 3)
    }

    @Test("A digit as MNIST has it is left alone, and its negative becomes it again")
    func likeMNIST() throws {
        let digit = try ImageFixtures.expectation("seven as a digit").image
        let same = digit.preparedAsDigit()
        #expect(same.image == digit)
        #expect(same.preparation == DigitPreparation(inverted: false, centered: false))

        let negative = Image(width: 28, height: 28, channels: .gray, pixels: digit.pixels.map { 1 - $0 })
        let again = negative.preparedAsDigit()
        #expect(try #require(again.image.steps(from: digit)) < 0.01)
        #expect(again.preparation == DigitPreparation(inverted: true, centered: true))
    }

    @Test("A thin, wide line in a corner keeps its proportions, its strength and all of its length")
    func thinLine() {
        var pixels = [Float](repeating: 1, count: 400 * 300)
        for x in 3..<123 { pixels[295 * 400 + x] = 0 }
        let (digit, _) = Image(width: 400, height: 300, channels: .gray, pixels: pixels).preparedAsDigit()
        let rows = Set(digit.pixels.indices.filter { digit.pixels[$0] > 0 }.map { $0 / 28 })
        #expect(rows == [14])
        #expect(digit.pixels.filter { $0 == 1 }.count == 20)
    }

    @Test("Empty paper, whatever its colour and size, is only resized", arguments: [1, 2, 28, 90])
    func blank(side: Int) {
        for value in [Float(0), 0.3, 1] {
            let paper = Image(
                width: side, height: side, channels: .rgb, pixels: Array(repeating: value, count: side * side * 3))
            let (digit, preparation) = paper.preparedAsDigit()
            #expect((digit.width, digit.height, digit.channels) == (28, 28, .gray))
            #expect(digit.pixels.allSatisfy { abs($0 - value) < 1e-5 })
            #expect(preparation == DigitPreparation(inverted: false, centered: false))
        }
    }
}
