import FileFormats
import Foundation
import Testing
import TestSupport

@Suite("NumPy files, reading")
struct NPYReadingTests {
    private func array(_ name: String) throws -> NPYArray {
        try NPYArray(contentsOf: fixture("data/npy/\(name).npy"))
    }

    @Test("Every element type in both byte orders", arguments: NPYElementType.allCases, ["little", "big"])
    func elementTypes(type: NPYElementType, order: String) throws {
        let array = try array("\(type)_\(order)")
        let expected = type.rawValue.hasPrefix("u") ? [0, 1, 127, 2, 3, 100] : [0, -1, 127, 2, -3, 100]
        #expect(array.elementType == type)
        #expect(array.shape == [2, 3])
        #expect(array.floats() == expected.map(Float.init))
        #expect(try array.integers() == expected)
    }

    @Test("Header versions 1, 2 and 3", arguments: 1...3)
    func versions(version: Int) throws {
        #expect(try array("version\(version)").integers() == [0, 1, 2, 3, 4])
    }

    @Test("Fortran order comes out in C order")
    func fortran() throws {
        let array = try array("fortran")
        #expect(array.shape == [2, 3, 4])
        #expect(try array.integers() == Array(0..<24))
    }

    @Test("A single number and an empty array")
    func edges() throws {
        #expect(try array("scalar").shape == [])
        #expect(try array("scalar").floats() == [2.5])
        #expect(try array("empty").shape == [0, 784])
        #expect(try array("empty").floats() == [])
    }

    @Test("Half precision: values that are not finite")
    func half() throws {
        let values = try array("not_finite").floats()
        #expect(values[0] == 1.5 && values[1].isNaN && values[2] == .infinity && values[3] == -.infinity)
    }

    #if !(os(macOS) && arch(x86_64))
        @Test("Half precision: all 65,536 bit patterns as Swift's own Float16 has them")
        func allHalves() throws {
            let patterns = (0...UInt16.max).map { $0 }
            let text = Array("{'descr': '<f2', 'fortran_order': False, 'shape': (65536,)}\n".utf8)
            var file: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.count), 0] + text
            file += patterns.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
            let values = try NPYArray(npyData: file, name: "halves").floats()
            for (pattern, value) in zip(patterns, values) {
                let expected = Float(Float16(bitPattern: pattern))
                guard value == expected || value.isNaN && expected.isNaN else {
                    Issue.record("\(pattern) became \(value), expected \(expected)")
                    return
                }
            }
        }
    #endif

    @Test("Numbers that are not whole, or too large, are no integers")
    func notIntegers() throws {
        let fraction = try #require(throws: DuetError.self) { try array("fractions").integers() }
        #expect(fraction.description.contains("element 1 is 2.5"))
        let huge = try #require(throws: DuetError.self) { try array("huge_uint64").integers() }
        #expect(huge.description.contains("element 1 is 9223372036854775808"))
    }

    @Test("Arrays of other things than numbers are refused", arguments: ["objects", "structured", "complex", "text"])
    func refusedTypes(name: String) throws {
        let error = try #require(throws: DuetError.self) { try array(name) }
        #expect(error.kind == .badData)
        #expect(error.description.contains("\(name).npy"))
    }

    @Test("Missing files, folders and pipes are missing input, and none of them hangs")
    func notFiles() throws {
        try withTemporaryFolder { folder in
            let pipe = folder.appendingPathComponent("pipe.npy")
            try #require(mkfifo(pipe.path, 0o600) == 0)
            for url in [folder, pipe, folder.appendingPathComponent("nowhere.npy"), URL(fileURLWithPath: "/dev/zero")] {
                let error = try #require(throws: DuetError.self) { try NPYArray(contentsOf: url) }
                #expect(error.kind == .missingInput, "\(error)")
            }
        }
    }
}
