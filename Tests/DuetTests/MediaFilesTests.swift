import Duet
import FileFormats
import Foundation
import Testing
import TestSupport

struct MediaFilesTests {
    private func pairs(_ text: String) throws -> [MediaFiles] {
        let folder = try TemporaryFolder()
        try Data(text.utf8).write(to: folder["pairs.csv"])
        return try MediaFiles.listed(in: folder["pairs.csv"])
    }

    @Test func pathsAreRelativeToTheManifest() throws {
        let folder = try TemporaryFolder()
        let text = "label,audio,image\n1,a.wav,\"pictures/a, b.png\"\n2,,../c.png\n3,/d.wav,\n"
        try Data(text.utf8).write(to: folder["pairs.csv"])
        let pairs = try MediaFiles.listed(in: folder["pairs.csv"])
        #expect(
            pairs.map { $0.files["image"]?.path } == [
                folder["pictures/a, b.png"].path, folder["../c.png"].standardizedFileURL.path, nil,
            ])
        #expect(pairs.map { $0.files["audio"]?.path } == [folder["a.wav"].path, nil, "/d.wav"])
        #expect(pairs[0].files["image"]?.relativePath == "pictures/a, b.png")
    }

    @Test func oneColumnIsEnough() throws {
        #expect(try pairs("image\na.png\nb.png").map { $0.files["image"]?.lastPathComponent } == ["a.png", "b.png"])
        #expect(try pairs("audio\na.wav").map { $0.files["image"] } == [nil])
    }

    @Test(arguments: [
        (
            "picture,sound\na,b\n",
            "expected a column for a modality, 'image', 'audio', but the columns are 'picture', 'sound'"
        ),
        ("image,audio\n", "lists no examples"), ("", "is empty"),
        ("image,audio\na.png,\n,\nb.png,\n,\n", "line 3, 5: no file of any modality"),
        ("image,audio\na.png\n", "line 2: the number of fields is 1"),
    ])
    func refusals(text: String, message: String) throws {
        let error = try #require(throws: DuetError.self) { try pairs(text) }
        #expect(error.kind == .badData)
        #expect(error.description.contains(message), "\(error)")
    }
}
