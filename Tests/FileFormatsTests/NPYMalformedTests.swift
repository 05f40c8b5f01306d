import FileFormats
import Foundation
import Testing
import TestSupport

@Suite("NumPy files, malformed")
struct NPYMalformedTests {
    /// A file of version 1 with this dictionary and payload.
    private func file(_ dictionary: String, payload: Int) -> [UInt8] {
        let text = Array(dictionary.utf8)
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.count & 0xff), UInt8(text.count >> 8)] + text
            + [UInt8](repeating: 0, count: payload)
    }

    /// The error must be the same whether the file is read from disk or from memory.
    private func error(for bytes: [UInt8]) throws -> DuetError {
        let inMemory = try #require(throws: DuetError.self) { try NPYArray(npyData: bytes, name: "file") }
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("file")
            try Data(bytes).write(to: url)
            let onDisk = try #require(throws: DuetError.self) { try NPYArray(contentsOf: url) }
            #expect(onDisk.description.hasSuffix(inMemory.description.dropFirst("file".count)))
        }
        #expect(inMemory.kind == .badData)
        return inMemory
    }

    @Test("A good file to begin with")
    func good() throws {
        let bytes = file("{'shape': (2, 3,), \"fortran_order\" : False, 'descr': '|u1'}", payload: 6)
        #expect(try NPYArray(npyData: bytes, name: "file").shape == [2, 3])
        let old = file("{'descr': '|u1', 'fortran_order': False, 'shape': (2L, 3L)}", payload: 6)
        #expect(try NPYArray(npyData: old, name: "file").shape == [2, 3])
    }

    @Test("Every way of cutting a file short is noticed")
    func cutShort() throws {
        let whole = file("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }          \n", payload: 12)
        for length in 0..<whole.count {
            let error = try #require(throws: DuetError.self) {
                try NPYArray(npyData: Array(whole[..<length]), name: "file")
            }
            #expect(error.kind == .badData)
        }
        for length in [0, 5, 8, 11, 12, 40, whole.count - 1] { _ = try self.error(for: Array(whole[..<length])) }
    }

    @Test("Bytes after the array are noticed")
    func leftOver() throws {
        let error = try error(for: file("{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", payload: 13))
        #expect(error.description.contains("needs 12 bytes, found 13"))
    }

    @Test(
        "Broken dictionaries are refused, not guessed at",
        arguments: [
            "", "{", "{}", "nonsense", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': False}",
            "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': 1}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1.5,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} more",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'other': 'x'}",
            "{'descr': '<f4, 'fortran_order': False, 'shape': (1,)}",
            "{'descr': '<f3', 'fortran_order': False, 'shape': (1,)}",
            "{'descr': 'f4', 'fortran_order': False, 'shape': (1,)}",
            "{'descr': '', 'fortran_order': False, 'shape': (1,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
        ])
    func dictionaries(text: String) throws {
        _ = try error(for: file(text, payload: 4))
    }

    @Test("Absurd shapes cost no memory")
    func absurd() throws {
        for shape in ["(9223372036854775807,)", "(4294967296, 4294967296)", "(1000000000000,)"] {
            let text = "{'descr': '<f4', 'fortran_order': False, 'shape': \(shape)}"
            _ = try error(for: file(text, payload: 4))
        }
        let flat = "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 9223372036854775807, 8)}"
        #expect(try NPYArray(npyData: file(flat, payload: 0), name: "file").floats() == [])
    }

    @Test("Unknown versions, absurd header lengths and other files")
    func prefixes() throws {
        var bytes = file("{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", payload: 12)
        bytes[6] = 4
        #expect(try error(for: bytes).description.contains("version 4"))
        bytes[6] = 2
        bytes.replaceSubrange(8..<12, with: [255, 255, 255, 255])
        #expect(try error(for: bytes).description.contains("header of 4294967295 bytes"))
        #expect(try error(for: Array("PK\u{3}\u{4} something else".utf8)).description.contains("not a NumPy"))
    }
}
