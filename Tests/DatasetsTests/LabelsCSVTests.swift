import Datasets
import FileFormats
import Foundation
import Testing
import TestSupport

@Suite("Kaggle's labels")
struct LabelsCSVTests {
    private func read(_ text: String) throws -> [Int] {
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("y_train.csv")
            try Data(text.utf8).write(to: url)
            return try LabelsCSV.read(url)
        }
    }

    @Test("Either line end, with or without a last one, counting from 0 or 1")
    func good() throws {
        #expect(try read("row_id,label\n0,5\n1,3\n") == [5, 3])
        #expect(try read("row_id,label\r\n1,5\r\n2,3") == [5, 3])
        #expect(try read("row_id,label\n") == [])
    }

    @Test(
        "Errors name the line",
        arguments: [
            ("", "line 1"), ("id,label\n0,1\n", "line 1"), ("row_id,label\n0,5\n1\n", "line 3"),
            ("row_id,label\n0,5\n1,3,4\n", "line 3"), ("row_id,label\n0,five\n", "line 2"),
            ("row_id,label\n0,5\n\n1,3\n", "line 3"), ("row_id,label\n0,5\n2,3\n", "line 3: row_id is 2; expected 1"),
            ("row_id,label\n0, 5\n", "line 2"), ("row_id,label\n0,5.0\n", "line 2"),
            ("row_id,label\n7,5\n", "line 2: row_id is 7"),
        ])
    func bad(text: String, place: String) throws {
        let error = try #require(throws: DuetError.self) { try read(text) }
        #expect(error.kind == .badData)
        #expect(error.description.contains("y_train.csv, \(place)"), "\(error)")
    }
}
