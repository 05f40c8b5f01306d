import FileFormats
import Foundation
import Testing
import TestSupport

@Suite("Zip archives")
struct ZipArchiveTests {
    private let url = fixture("data/npy/members.npz")

    @Test("Arrays out of a .npz, from a file and from memory")
    func members() throws {
        for archive in [ZipArchive(url), ZipArchive(data: [UInt8](try Data(contentsOf: url)), name: "members")] {
            #expect(try archive.array("X").floats() == [0, 1, 2, 3, 4, 5])
            #expect(try archive.array("X").shape == [2, 3])
            #expect(try archive.array("y").integers() == [4, 5])
        }
    }

    @Test("Missing entries and archives, and files that are no archives")
    func missing() throws {
        let entry = try #require(throws: DuetError.self) { try ZipArchive(url).array("z") }
        #expect(entry.kind == .missingInput && entry.description.contains("'z.npy'"))
        let file = try #require(throws: DuetError.self) { try ZipArchive(fixture("nowhere.zip")).read("x") }
        #expect(file.kind == .missingInput)
        for archive in [ZipArchive(fixture("data/npy/scalar.npy")), ZipArchive(data: [80, 75, 3, 4], name: "cut")] {
            let error = try #require(throws: DuetError.self) { try archive.read("x") }
            #expect(error.kind == .badData && error.description.contains("not a readable zip archive"))
        }
    }

    @Test("Damaged content is noticed wherever it is damaged")
    func damaged() throws {
        let whole = [UInt8](try Data(contentsOf: url))
        let expected = try ZipArchive(data: whole, name: "whole").read("X.npy")
        var noticed = 0
        for position in stride(from: 0, to: whole.count, by: 3) {
            var bytes = whole
            bytes[position] ^= 0x10
            do {
                #expect(try ZipArchive(data: bytes, name: "damaged").read("X.npy") == expected)
            } catch is DuetError {
                noticed += 1
            }
        }
        #expect(noticed > 20)
    }

    @Test("An entry larger than the limit is not unpacked")
    func limit() throws {
        let error = try #require(throws: DuetError.self) { try ZipArchive(url).read("X.npy", byteLimit: 100) }
        #expect(error.description.contains("limit of 100 bytes"))
    }
}
