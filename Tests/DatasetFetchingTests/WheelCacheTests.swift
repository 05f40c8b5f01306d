import DatasetFetching
import FileFormats
import Foundation
import Testing
import TestSupport

/// pip itself brings the wheel, from a folder instead of the network.
@Suite("Wheels through pip", .enabled(if: Machine.hasPip, "needs python3 with pip"))
struct WheelCacheTests {
    private let wheel = PythonWheel(
        package: "duet-fixture", version: "1.0", file: "duet_fixture-1.0-py3-none-any.whl",
        sha256: "367726a0d645b7897d33be55980369d03118b91c6308fd92ba0c90067e9907d8")

    private func cache(_ folder: URL, offering wheels: URL = fixture("data/wheels")) -> WheelCache {
        var environment = ProcessInfo.processInfo.environment
        environment["PIP_NO_INDEX"] = "1"
        environment["PIP_FIND_LINKS"] = wheels.path
        return WheelCache(folder: folder, environment: environment)
    }

    @Test("Fetched once, kept, and fetched again only when the kept file is damaged")
    func kept() throws {
        try withTemporaryFolder { folder in
            let url = try cache(folder).fetch(wheel)
            #expect(try ZipArchive(url).read("duet_fixture/digits.txt").starts(with: "zero one two".utf8))
            #expect(try names(in: folder) == [wheel.file])
            // Nothing is on offer now, so this can only come from the cache.
            let empty = folder.appendingPathComponent("empty")
            try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
            #expect(try cache(folder, offering: empty).fetch(wheel) == url)
            try Data("damaged".utf8).write(to: url)
            #expect(throws: DuetError.self) { try cache(folder, offering: empty).fetch(wheel) }
            #expect(try cache(folder).fetch(wheel) == url)
            #expect(try ZipArchive(url).read("duet_fixture/digits.txt").count == 650)
        }
    }

    @Test("A file with another checksum is thrown away")
    func wrongChecksum() throws {
        try withTemporaryFolder { folder in
            let other = PythonWheel(
                package: wheel.package, version: wheel.version, file: wheel.file,
                sha256: String(repeating: "0", count: 64))
            let error = try #require(throws: DuetError.self) { try cache(folder).fetch(other) }
            #expect(error.kind == .badData && error.description.contains("expected 0000"))
            #expect(try names(in: folder) == [])
        }
    }

    @Test("pip's own words are in the error")
    func unknownPackage() throws {
        try withTemporaryFolder { folder in
            let other = PythonWheel(package: "duet-nowhere", version: "1.0", file: "x.whl", sha256: "0")
            let error = try #require(throws: DuetError.self) { try cache(folder).fetch(other) }
            #expect(error.kind == .unavailable && error.description.contains("No matching distribution"))
            #expect(try names(in: folder) == [])
        }
    }

    @Test("Without Python, the error says what is needed")
    func noPython() throws {
        try withTemporaryFolder { folder in
            let cache = WheelCache(folder: folder, environment: ["PATH": folder.path])
            let error = try #require(throws: DuetError.self) { try cache.fetch(wheel) }
            #expect(error.kind == .unavailable && error.description.contains("python3 is not installed"))
        }
    }

    @Test("Stopping ends pip and leaves nothing")
    func stopped() throws {
        try withTemporaryFolder { folder in
            let error = try #require(throws: DuetError.self) { try cache(folder).fetch(wheel, monitor: .cancelled) }
            #expect(error.kind == .interrupted)
            #expect(try names(in: folder) == [])
        }
    }

    @Test("The cache is where the user says, then where the desktop says, then in the home folder")
    func places() {
        func path(_ environment: [String: String]) -> String { WheelCache(environment: environment).folder.path }
        #expect(path(["DUET_CACHE": "/a/b", "XDG_CACHE_HOME": "/x"]) == "/a/b")
        #expect(path(["XDG_CACHE_HOME": "/x"]) == "/x/duet")
        #expect(path(["XDG_CACHE_HOME": "relative"]).hasSuffix("/.cache/duet"))
    }
}
