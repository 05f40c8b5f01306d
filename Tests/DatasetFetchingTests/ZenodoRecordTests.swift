import DatasetFetching
import Datasets
import FileFormats
import Foundation
import Testing
import TestSupport

/// A real HTTP server on this machine plays Zenodo.
@Suite("Zenodo's record", .enabled(if: Machine.hasPython, "needs python3"), .timeLimit(.minutes(1)))
struct ZenodoRecordTests {
    private static let files = ["data_sp", "data_wr", "labels"].flatMap { part in
        ["test", "train"].map { "\(part)_\($0).npy" }
    }

    /// Runs `body` with a server that has a small dataset, and a folder to fetch it to.
    private func serving(
        _ options: [String] = [], without missing: String? = nil, _ body: (ZenodoServer, URL) throws -> Void
    ) throws {
        try withTemporaryFolder { folder in
            let served = folder.appendingPathComponent("served")
            try FileManager.default.createDirectory(at: served, withIntermediateDirectories: true)
            for (side, rows) in [("train", 30), ("test", 10)] {
                func place(_ part: String) -> URL { served.appendingPathComponent("\(part)_\(side).npy") }
                try NPYArray.write(
                    (0..<(rows * 784)).map { UInt8($0 * 7 % 256) }, shape: [rows, 784], to: place("data_wr"))
                try NPYArray.write((0..<(rows * 507)).map(Float.init), shape: [rows, 507], to: place("data_sp"))
                try NPYArray.write((0..<rows).map { UInt8($0 % 10) }, shape: [rows], to: place("labels"))
            }
            try Data("a read-me that nobody asked for".utf8).write(to: served.appendingPathComponent("readme.md"))
            if let missing { try FileManager.default.removeItem(at: served.appendingPathComponent(missing)) }
            try body(ZenodoServer(served, options), folder.appendingPathComponent("fetched"))
        }
    }

    @discardableResult
    private func fetch(
        _ server: ZenodoServer, _ output: URL, overwrite: Bool = false, stallSeconds: Double = 20,
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws -> DatasetFolder {
        try ZenodoRecord.fetchWrittenSpokenDigits(
            to: output, baseURL: server.url, overwrite: overwrite, retryDelay: 0.01, stallSeconds: stallSeconds,
            monitor: WorkMonitor(isCancelled: isCancelled))
    }

    private func error(
        _ server: ZenodoServer, _ output: URL, _ kind: DuetError.Kind, overwrite: Bool = false,
        stallSeconds: Double = 20, isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws -> String {
        let error = try #require(throws: DuetError.self) {
            try fetch(server, output, overwrite: overwrite, stallSeconds: stallSeconds, isCancelled: isCancelled)
        }
        #expect(error.kind == kind, "\(error)")
        return error.description
    }

    @Test("The files arrive whole, with a description, and load")
    func whole() throws {
        try serving { server, output in
            let pool = try fetch(server, output).load()
            #expect((pool.count, pool.trainSideCount) == (40, 30))
            #expect(pool.audio[507 * 30] == 0 && pool.audio[507 * 30 - 1] == 507 * 30 - 1)
            #expect(try names(in: output) == (Self.files + ["dataset.json"]).sorted())
            #expect(try server.asked() == Self.files.map { "\($0) 0" })
            #expect(try DatasetInfo(DatasetFolder(output)).warnings.allSatisfy { !$0.contains("SHA-256") })
            // What is here already is not fetched again.
            try fetch(server, output)
            #expect(try server.asked().count == 6)
        }
    }

    @Test("A connection that keeps breaking is resumed where it broke, as long as it brings something")
    func breaking() throws {
        try serving(["--break-after", "20000"]) { server, output in
            try fetch(server, output)
            let asked = try server.asked().filter { $0.hasPrefix("data_sp_train") }
            #expect(asked == [0, 20000, 40000, 60000].map { "data_sp_train.npy \($0)" })
        }
    }

    @Test("A second run goes on from the part that the first one left")
    func secondRun() throws {
        try serving(["--break-after", "20000", "--break-once", "--status-once", "503"]) { server, output in
            try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
            let part = output.appendingPathComponent("data_sp_test.npy.part")
            let served = output.deletingLastPathComponent().appendingPathComponent("served/data_sp_test.npy")
            try Data(contentsOf: served).prefix(5000).write(to: part)
            try fetch(server, output)
            let asked = try server.asked()
            #expect(asked.prefix(3) == ["data_sp_test.npy 5000", "data_sp_test.npy 5000", "data_sp_train.npy 0"])
            #expect(try !names(in: output).contains("data_sp_test.npy.part"))
        }
    }

    @Test("A server that ignores or refuses ranges sends the file from the start", arguments: ["ignore", "refuse"])
    func noRanges(how: String) throws {
        try serving(["--\(how)-range"]) { server, output in
            try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
            for name in ["data_sp_test.npy", "labels_train.npy"] {
                try Data("wrong".utf8).write(to: output.appendingPathComponent(name + ".part"))
            }
            #expect(try fetch(server, output).load().count == 40)
        }
    }

    @Test("A part that is longer than the file, or as long but wrong")
    func badParts() throws {
        try serving { server, output in
            try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
            let part = output.appendingPathComponent("labels_test.npy.part")
            try Data(count: 1000).write(to: part)
            try fetch(server, output)
            try FileManager.default.removeItem(at: output.appendingPathComponent("labels_test.npy"))
            try Data(count: 138).write(to: part)
            let message = try error(server, output, .badData)
            #expect(message.contains("labels_test.npy arrived with 138 bytes and MD5"))
            #expect(try fetch(server, output).load().count == 40)
        }
    }

    @Test("A wrong checksum: the file is thrown away and named")
    func lie() throws {
        try serving(["--lie", "labels_train.npy"]) { server, output in
            let message = try error(server, output, .badData)
            #expect(message.contains("labels_train.npy") && message.contains("thrown away"))
            #expect(try names(in: output) == Array(Self.files.sorted().dropLast()))
        }
    }

    @Test("A file that goes on and on is cut off")
    func overlong() throws {
        try serving(["--overlong", "data_sp_test.npy"]) { server, output in
            let message = try error(server, output, .badData)
            #expect(message.contains("more than expected"))
            #expect(try names(in: output) == [])
        }
    }

    @Test("A server that falls silent does not hold us for ever, and what came is kept")
    func stall() throws {
        try serving(["--stall"]) { server, output in
            let message = try error(server, output, .unavailable, stallSeconds: 1.5)
            #expect(message.contains("goes on from there"))
            #expect(try names(in: output) == ["data_sp_test.npy.part"])
        }
    }

    @Test("Errors of the server: for good, and for a while", arguments: [(404, 1), (500, 4)])
    func status(status: Int, attempts: Int) throws {
        try serving(["--status", "\(status)"]) { server, output in
            let message = try error(server, output, .unavailable)
            #expect(message.contains("answers \(status)"))
            #expect(try server.asked().count == attempts)
        }
    }

    @Test("Redirects are followed")
    func redirect() throws {
        try serving(["--redirect"]) { server, output in
            let pool = try fetch(server, output).load()
            #expect(pool.count == 40)
        }
    }

    @Test(
        "Redirects lead to the web only, and not round and round", arguments: ["file:///etc/hostname", "/files/again"])
    func strayRedirect(target: String) throws {
        try serving(["--redirect-to", target]) { server, output in
            let message = try error(server, output, .unavailable)
            #expect(message.contains("data_sp_test.npy: "), "\(message)")
            #expect(try names(in: output) == ["data_sp_test.npy.part"])
            #expect(try Data(contentsOf: output.appendingPathComponent("data_sp_test.npy.part")).isEmpty)
        }
    }

    @Test("A record without the expected files is no dataset, and says what it has")
    func missing() throws {
        try serving(without: "labels_test.npy") { server, output in
            let message = try error(server, output, .badData)
            #expect(message.contains("has no labels_test.npy; it holds data_sp_test.npy"))
            #expect(try server.asked() == [])
            #expect(!FileManager.default.fileExists(atPath: output.path))
        }
    }

    @Test("A file of the user's with the same name stays, unless overwriting is asked for")
    func existing() throws {
        try serving { server, output in
            try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
            let mine = output.appendingPathComponent("data_wr_test.npy")
            try Data("mine".utf8).write(to: mine)
            let message = try error(server, output, .exists)
            #expect(message.contains(mine.path))
            #expect(try Data(contentsOf: mine) == Data("mine".utf8))
            #expect(try fetch(server, output, overwrite: true).load().count == 40)
        }
    }

    @Test("Stopping half-way keeps the part, and the next run goes on")
    func stopping() throws {
        try serving(["--slow"]) { server, output in
            let start = Date()
            let message = try error(
                server, output, .interrupted, isCancelled: { Date().timeIntervalSince(start) > 1 })
            #expect(message.contains("the same command goes on from there"))
            let size = try Data(contentsOf: output.appendingPathComponent("data_sp_test.npy.part")).count
            #expect(size > 0 && size < 20_000)
            #expect(try names(in: output) == ["data_sp_test.npy.part"])
        }
    }

    @Test("A full disk is told by name", .enabled(if: Machine.canMount, "needs the right to mount"))
    func fullDisk() throws {
        try serving { server, output in
            try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
            try #require(run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", output.path).status == 0)
            defer { run("umount", output.path) }
            let message = try error(server, output, .cannotWrite)
            #expect(message.contains("data_sp_train.npy.part") && message.contains("No space left on device"))
        }
    }

    @Test("No server, no web address, no record")
    func nobody() throws {
        try withTemporaryFolder { folder in
            for (address, kind) in [
                ("http://127.0.0.1:1", DuetError.Kind.unavailable), ("ftp://127.0.0.1", .badData), ("zenodo", .badData),
            ] {
                let url = try #require(URL(string: address))
                let error = try #require(throws: DuetError.self) {
                    try ZenodoRecord.fetchWrittenSpokenDigits(to: folder, baseURL: url, retryDelay: 0.01)
                }
                #expect(error.kind == kind && error.description.contains(address), "\(error)")
            }
            #expect(try names(in: folder) == [])
        }
    }
}
