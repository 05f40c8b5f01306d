import Foundation

/// Where the audio fixtures lie, and files that tests write.
enum AudioFixtures {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/audio")

    /// 2,000 spoken digits beside the checkout; not part of the project.
    static let spokenDigits = folder.appendingPathComponent("../../../../shared/data/fsdd/recordings")
        .standardizedFileURL

    static func file(_ name: String) -> URL { folder.appendingPathComponent(name) }

    /// Runs the body with a file of the given bytes, which is removed afterwards.
    static func withFile<Result>(_ bytes: Data, named name: String = "sound", _ body: (URL) throws -> Result) throws
        -> Result
    {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("duet-audio-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = folder.appendingPathComponent(name)
        try bytes.write(to: url)
        return try body(url)
    }
}
