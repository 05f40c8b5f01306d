import Crypto
package import Foundation
import FileFormats
import NIOConcurrencyHelpers

/// A folder for examples whose right answer somebody gave, in class folders as `duet data build` takes them:
/// `MODEL/image/7/0a1b….png` and `MODEL/audio/7/0a1b….wav`. Files of one example have the same name.
package final class ExampleCollection: Sendable {
    /// The most examples, so that nobody fills the disk.
    static let mostExamples = 10_000

    private let folder: URL
    private let count: NIOLockedValueBox<Int>

    /// Opens the folder, which is made where it is missing.
    /// - Parameter folder: where the examples go.
    /// - Throws: `DuetError` of kind `cannotWrite` where it cannot be written into.
    package init(_ folder: URL) throws {
        self.folder = folder
        let files = FileManager.default
        do {
            try files.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw DuetError(.cannotWrite, "--collect: \(folder.path) cannot be made: \(error.localizedDescription)")
        }
        guard files.isWritableFile(atPath: folder.path) else {
            throw DuetError(.cannotWrite, "--collect: \(folder.path) cannot be written into")
        }
        let names = files.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        count = NIOLockedValueBox(Set(names.filter { $0.contains(".") }.map(Self.exampleName)).count)
    }

    /// Checks that a class can name a folder.
    /// - Throws: `DuetError` of kind `usage`, naming the class that cannot.
    static func check(_ classNames: [String]) throws {
        for name in classNames where name.isEmpty || name.hasPrefix(".") || name.contains("/") || name.utf8.count > 200
        {
            throw DuetError(
                .usage,
                "--collect makes a folder for each class, and the class '\(name)' cannot name one; leave out --collect")
        }
    }

    /// Saves an example. One that is there already is written again, with the same bytes.
    /// - Parameters:
    ///   - files: the files by modality, which the model has read without an error.
    ///   - label: the right class.
    ///   - model: what the model is called.
    /// - Returns: the paths in the folder, sorted.
    /// - Throws: `HTTPProblem` where the folder is full or cannot be written into.
    func save(_ files: [String: MediaRequest.File], label: String, model: String) throws -> [String] {
        let entries = files.sorted { $0.key < $1.key }
        var digest = SHA256()
        for (modality, file) in entries {
            digest.update(data: Data("\(modality) \(file.content.count) ".utf8))
            digest.update(data: file.content)
        }
        let name = String(digest.finalize().prefix(8).hexadecimal)
        let paths = entries.map { "\(model)/\($0.key)/\(label)/\(name).\(Self.fileType(of: $0.value))" }
        return try count.withLockedValue { count in
            guard count < Self.mostExamples else {
                throw HTTPProblem.unavailable(
                    "the folder of --collect has \(count) examples, the limit; move some elsewhere and start the server again",
                    retryAfter: 3600)
            }
            let isNew = !FileManager.default.fileExists(atPath: folder.appendingPathComponent(paths[0]).path)
            do {
                for (path, entry) in zip(paths, entries) { try write(entry.value.content, to: path) }
            } catch let error as DuetError {
                throw HTTPProblem.unavailable("the example cannot be saved: \(error.message)", retryAfter: 60)
            }
            if isNew { count += 1 }
            return paths
        }
    }

    private func write(_ content: Data, to path: String) throws {
        let url = folder.appendingPathComponent(path)
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        } catch {
            throw DuetError(.cannotWrite, "\(path) has no folder: \(error.localizedDescription)")
        }
        try AtomicFile.write(to: url, overwrite: true) { try $0.write(content) }
    }

    /// What ends a file's name, by its first bytes: what a client calls a file need not be so.
    private static func fileType(of file: MediaRequest.File) -> String {
        let starts: [(bytes: [UInt8], type: String)] = [
            ([0x89, 0x50, 0x4E, 0x47], "png"), ([0xFF, 0xD8], "jpg"), (Array("RIFF".utf8), "wav"),
            (Array("fLaC".utf8), "flac"), (Array("OggS".utf8), "ogg"),
        ]
        return starts.first { file.content.starts(with: $0.bytes) }?.type ?? "mp3"
    }

    /// The example that a file belongs to: its name without the modality's folder and without what ends it.
    private static func exampleName(_ path: String) -> String {
        let url = URL(fileURLWithPath: path)
        return url.deletingPathExtension().lastPathComponent
    }
}
