import Datasets
import FileFormats
import Foundation
import Testing
import TestSupport

@Suite("Datasets in memory")
struct DatasetTests {
    @Test("Sizes and class names follow from the parts")
    func parts() throws {
        let dataset = try Dataset(
            images: [Float](repeating: 9, count: 24), imageShape: [2, 3, 1], audio: [Float](repeating: 1, count: 20),
            audioShape: [5, 1], labels: [0, 2, 1, 2])
        #expect(dataset.count == 4 && dataset.columns.map(\.size) == [6, 5])
        #expect(dataset.classNames == ["0", "1", "2"])
        #expect(dataset.trainSideCount == 4)
    }

    @Test("Rows of a file of a gigabyte are read where they lie, whether they were asked for ahead or not")
    func largeFiles() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("large-\(UUID().uuidString).npy")
        defer { try? FileManager.default.removeItem(at: file) }
        // A file with a hole: it takes no room on the disk.
        let count = 1 << 20
        let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (\(count), 32, 32), }"
        let padded = header + String(repeating: " ", count: 117 - header.utf8.count) + "\n"
        try (Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, 118, 0]) + Data(padded.utf8)).write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        try handle.truncate(atOffset: UInt64(128 + count * 1024))
        try handle.seek(toOffset: UInt64(128 + (count - 1) * 1024))
        try handle.write(contentsOf: Data(repeating: 7, count: 1024))
        try handle.close()
        let column = try Column(.image, contentsOf: file)
        #expect(column.count == count && column.size == 1024)
        column.prefetch([count - 1, 0, 5])
        column.prefetch([-1, count])
        for (row, value) in [(count - 1, Float(7)), (0, 0), (count - 1, 7)] {
            #expect(try column[row].allSatisfy { $0 == value })
        }
    }

    private func error(
        images: [Float] = [1, 2, 3, 4], audio: [Float] = [1, 2], labels: [Int]? = [0, 1], groups: [Int32]? = nil,
        classNames: [String]? = nil
    ) throws -> String {
        let error = try #require(throws: DuetError.self) {
            try Dataset(
                [
                    Column(.image, shape: [2, 1, 1], values: images, name: "image"),
                    Column(.audio, shape: [1, 1], values: audio),
                ], labels: labels, groups: groups, classNames: classNames)
        }
        #expect(error.kind == .badData)
        return error.description
    }

    @Test("Errors name the file, the row and the column")
    func errors() throws {
        #expect(try error(audio: [1]).hasPrefix("image has 2 rows but audio has 1"))
        #expect(try error(images: [1, 2, 3]).hasPrefix("image: 3 values"))
        #expect(try error(images: [], audio: [], labels: []).hasPrefix("image has no rows"))
        #expect(try error(labels: [0]).hasPrefix("labels: 1 rows; expected 2"))
        #expect(try error(groups: [0, 1, 2]).contains("groups beside image: 3 rows"))
        #expect(try error(labels: [0, -1]).hasPrefix("labels, row 1: label -1"))
        #expect(try error(labels: [0, 2], classNames: ["a", "b"]) == "labels, row 1: label 2; expected 0 to 1")
        #expect(try error(labels: [.max, 2]).hasPrefix("labels, row 0: label 9223372036854775807"))
        #expect(try error(images: [1, 2, 3, 256]).hasPrefix("image, row 1, column 1: 256.0; expected a pixel"))
        #expect(try error(images: [1, -1, 3, 4]).hasPrefix("image, row 0, column 1: -1.0"))
        #expect(try error(images: [.nan, 1, 3, 4]).hasPrefix("image, row 0, column 0: nan"))
        #expect(try error(audio: [1, .nan]).hasPrefix("audio, row 1, column 0: nan; expected a finite number"))
        #expect(try error(audio: [-.infinity, 1]).hasPrefix("audio, row 0, column 0: -inf"))
    }

    @Test("Recordings are told apart by their values alone")
    func derivedGroups() throws {
        let audio: [Float] = [1, 2, 3, 4, 1, 2, 2, 1, 3, 4, 1, 2]
        let dataset = try Dataset(
            images: [0, 0, 0, 0, 0, 0], imageShape: [1, 1, 1], audio: audio, audioShape: [2, 1])
        #expect(try dataset.derivedGroups() == [0, 1, 0, 2, 1, 0])
    }

    @Test("The fingerprint changes with every part, and with nothing else")
    func fingerprint() throws {
        func make(image: Float = 1, audio: Float = 1, label: Int = 1) throws -> String {
            try Dataset(
                images: [0, image], imageShape: [1, 1, 1], audio: [0, audio], audioShape: [1, 1], labels: [0, label]
            ).fingerprint()
        }
        let original = try make()
        #expect(original.count == 16 && original.allSatisfy(\.isHexDigit))
        #expect(try make() == original)
        #expect(try Set([original, make(image: 2), make(audio: 2), make(label: 0)]).count == 4)
        let flat = try Dataset(
            images: [0, 1], imageShape: [2, 1, 1], audio: [0, 1], audioShape: [2, 1], labels: [0])
        #expect(try flat.fingerprint() != original)
    }

    @Test("A file that is cut short while it is used gives an error, whichever row is asked for")
    func cutShort() throws {
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("a.npy")
            try NPYArray.write((0..<40).map { Float($0) }, shape: [10, 4], to: url)
            let column = try Column(.audio, contentsOf: url)
            #expect(try column[9] == [36, 37, 38, 39])
            let whole = try Data(contentsOf: url)
            let handle = try FileHandle(forWritingTo: url)
            try handle.truncate(atOffset: UInt64(whole.count - 8))
            #expect(try column[8] == [32, 33, 34, 35])
            let error = #expect(throws: DuetError.self) { try column[9] }
            #expect(error?.kind == .badData && error?.message.contains("a.npy was cut short") == true)
            let dataset = try Dataset([column])
            #expect(throws: DuetError.self) { try dataset.fingerprint() }
        }
    }

    @Test("Rows of 8-bit files, of float files and of converted ones are the same")
    func types() throws {
        try withTemporaryFolder { folder in
            let bytes = (0..<24).map { UInt8($0 * 10) }
            let (small, wide) = (folder.appendingPathComponent("u.npy"), folder.appendingPathComponent("f.npy"))
            try NPYArray.write(bytes, shape: [6, 2, 2], to: small)
            try NPYArray.write(bytes.map { Float($0) }, shape: [6, 2, 2], to: wide)
            let columns = try [
                Column(.image, contentsOf: small), Column(.image, contentsOf: wide),
                Column(.image, shape: [2, 2, 1], bytes: bytes),
                Column(.image, shape: [2, 2, 1], values: bytes.map { Float($0) }),
            ]
            for column in columns {
                #expect(column.shape == [2, 2, 1] && column.count == 6)
                let gathered = try [Float](unsafeUninitializedCapacity: 8) { buffer, count in
                    try column.gather([5, 1], into: buffer.baseAddress!)
                    count = 8
                }
                let expected: [Float] = [200, 210, 220, 230, 40, 50, 60, 70]
                #expect(gathered == expected)
            }
        }
    }
}
