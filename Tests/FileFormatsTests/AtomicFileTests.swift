import FileFormats
import Foundation
import Testing
import TestSupport

@Suite("Files that are whole or not there")
struct AtomicFileTests {
    private struct Stop: Error {}

    @Test("A writer that fails half-way leaves the old file and nothing else")
    func failure() throws {
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("model")
            try AtomicFile.write(to: url, overwrite: false) { try $0.write("old") }
            #expect(throws: Stop.self) {
                try AtomicFile.write(to: url, overwrite: true) { output in
                    try output.write("new")
                    throw Stop()
                }
            }
            #expect(try String(contentsOf: url, encoding: .utf8) == "old")
            #expect(try names(in: folder) == ["model"])
        }
    }

    @Test("Nothing stands under the name before the end")
    func unseen() throws {
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("model")
            try AtomicFile.write(to: url, overwrite: false) { output in
                try output.write("all of it")
                #expect(!FileManager.default.fileExists(atPath: url.path))
            }
            #expect(try String(contentsOf: url, encoding: .utf8) == "all of it")
        }
    }

    @Test("A file that appears meanwhile is not overwritten")
    func race() throws {
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("model")
            let error = try #require(throws: DuetError.self) {
                try AtomicFile.write(to: url, overwrite: false) { _ in try Data("theirs".utf8).write(to: url) }
            }
            #expect(error.kind == .exists)
            #expect(try String(contentsOf: url, encoding: .utf8) == "theirs")
        }
    }

    @Test("Links are followed; folders, devices and missing folders are refused")
    func targets() throws {
        try withTemporaryFolder { folder in
            let (real, link) = (folder.appendingPathComponent("real"), folder.appendingPathComponent("link"))
            try Data("old".utf8).write(to: real)
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: real)
            try AtomicFile.write(to: link, overwrite: true) { try $0.write("new") }
            #expect(try String(contentsOf: real, encoding: .utf8) == "new")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == real.path)

            let places = [
                folder, URL(fileURLWithPath: "/dev/null"), folder.appendingPathComponent("no/such/folder/model"),
            ]
            for url in places {
                let error = try #require(throws: DuetError.self) {
                    try AtomicFile.write(to: url, overwrite: true) { try $0.write("x") }
                }
                #expect(error.kind == .cannotWrite)
            }
            #expect(try names(in: folder) == ["link", "real"])
        }
    }

    @Test("A full disk is told by name, and leaves nothing", .enabled(if: Machine.canMount, "needs the right to mount"))
    func fullDisk() throws {
        try withTemporaryFolder { folder in
            try #require(run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder.path).status == 0)
            defer { run("umount", folder.path) }
            let url = folder.appendingPathComponent("big.npy")
            let error = try #require(throws: DuetError.self) {
                try NPYArray.write([Float](repeating: 1, count: 100_000), shape: [100_000], to: url)
            }
            #expect(error.kind == .cannotWrite)
            #expect(error.description.contains("No space left on device"))
            #expect(error.description.contains(url.path))
            #expect(try names(in: folder) == [])
        }
    }
}
