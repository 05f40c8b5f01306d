import Foundation
import Media
import Testing

/// The pictures in `Tests/Fixtures/images`, and what Pillow makes of them.
enum ImageFixtures {
    struct Expectation: Decodable {
        let width: Int
        let height: Int
        let channels: Int
        /// `height × width × channels` bytes.
        let pixels: Data
        /// Where in the file the EXIF orientation stands.
        let orientationByte: Int?

        var image: Image {
            Image(
                width: width, height: height, channels: channels == 1 ? .gray : .rgb,
                pixels: pixels.map { Float($0) / 255 })
        }
    }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/images")

    static let expected: [String: Expectation] = {
        do {
            let json = try Data(contentsOf: folder.appendingPathComponent("expected.json"))
            return try JSONDecoder().decode([String: Expectation].self, from: json)
        } catch {
            fatalError("expected.json: \(error)")
        }
    }()

    /// The names of all good picture files.
    static let files = expected.keys.filter { $0.hasSuffix(".png") || $0.hasSuffix(".jpg") }.sorted()

    static func data(_ name: String) throws -> Data {
        try Data(contentsOf: folder.appendingPathComponent(name))
    }

    static func expectation(_ name: String) throws -> Expectation {
        try #require(expected[name], "no expectation named \(name)")
    }
}

extension Image {
    /// The largest difference between two pictures' values in steps of 8 bits, or nil if they are not of one shape.
    func steps(from other: Image) -> Float? {
        guard (width, height, channels) == (other.width, other.height, other.channels) else { return nil }
        return zip(pixels, other.pixels).map { abs($0 - $1) * 255 }.max()
    }
}
