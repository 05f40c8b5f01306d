import FileFormats
import Foundation
import Testing
import TestSupport

struct PairManifestTests {
    private func pairs(_ text: String) throws -> [MediaPair] {
        let folder = try TemporaryFolder()
        try Data(text.utf8).write(to: folder["pairs.csv"])
        return try MediaPair.pairs(listedIn: folder["pairs.csv"])
    }

    @Test func pathsAreRelativeToTheManifest() throws {
        let folder = try TemporaryFolder()
        let text = "label,audio,image\n1,a.wav,\"pictures/a, b.png\"\n2,,../c.png\n3,/d.wav,\n"
        try Data(text.utf8).write(to: folder["pairs.csv"])
        let pairs = try MediaPair.pairs(listedIn: folder["pairs.csv"])
        #expect(
            pairs.map(\.image?.path) == [
                folder["pictures/a, b.png"].path, folder["../c.png"].standardizedFileURL.path, nil,
            ])
        #expect(pairs.map(\.audio?.path) == [folder["a.wav"].path, nil, "/d.wav"])
        #expect(pairs[0].image?.relativePath == "pictures/a, b.png")
    }

    @Test func oneColumnIsEnough() throws {
        #expect(try pairs("image\na.png\nb.png").map(\.image?.lastPathComponent) == ["a.png", "b.png"])
        #expect(try pairs("audio\na.wav").map(\.image) == [nil])
    }

    @Test(arguments: [
        (
            "picture,sound\na,b\n",
            "expected a column 'image' or 'audio' or both, but the columns are 'picture', 'sound'"
        ),
        ("image,audio\n", "lists no pairs"), ("", "is empty"),
        ("image,audio\na.png,\n,\nb.png,\n,\n", "line 3, 5: neither an image nor audio"),
        ("image,audio\na.png\n", "line 2: the number of fields is 1"),
    ])
    func refusals(text: String, message: String) throws {
        let error = try #require(throws: DuetError.self) { try pairs(text) }
        #expect(error.kind == .badData)
        #expect(error.description.contains(message), "\(error)")
    }
}
