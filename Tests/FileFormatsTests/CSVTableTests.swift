import FileFormats
import Foundation
import Testing
import TestSupport

@Suite("CSV tables")
struct CSVTableTests {
    private func table(_ text: String) throws -> CSVTable { try CSVTable(text: text, name: "pairs.csv") }

    @Test("Columns by name, in any order, and the lines that records begin on")
    func columns() throws {
        let table = try table("audio,image,label\na.wav,a.png,1\n\nb.wav,,2")
        #expect(table.name == "pairs.csv")
        #expect(table.columns == ["audio", "image", "label"])
        #expect(table.rows.map(\.line) == [2, 4])
        #expect(table.rows.map { $0["image"] } == ["a.png", ""])
        #expect(table.rows[1].fields == ["b.wav", "", "2"])
        #expect(table.rows[0]["speaker"] == nil)
    }

    @Test("Quotation marks, commas and line breaks in fields, CRLF, a byte-order mark")
    func quoting() throws {
        let table = try table("\u{FEFF}image,\"a \"\"name\"\"\"\r\n\"x,\r\ny.png\",\"\"\r\nä.png,\" 1 \"\r\n")
        #expect(table.columns == ["image", "a \"name\""])
        #expect(table.rows.map(\.fields) == [["x,\r\ny.png", ""], ["ä.png", " 1 "]])
        #expect(table.rows.map(\.line) == [2, 4])
    }

    @Test("Python's csv module writes it, and it reads the same", .enabled(if: Machine.hasPython))
    func python() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("table.csv")
            let program = """
                import csv, sys
                fields = ['', ' ', ',', '"', '""', 'a', 'a,b', 'say "hi"', 'two\\nlines', 'ü八', ',"\\r\\n"', "it's"]
                with open(sys.argv[1], 'w', newline='', encoding='utf-8-sig') as out:
                    writer = csv.writer(out)
                    writer.writerow(['first', 'second', 'third'])
                    for one in fields:
                        for two in fields:
                            writer.writerow([one, two, 'end'])
                """
            try #require(run("python3", "-c", program, file.path).status == 0)
            let fields = [
                "", " ", ",", "\"", "\"\"", "a", "a,b", "say \"hi\"", "two\nlines", "ü八", ",\"\r\n\"", "it's",
            ]
            let table = try CSVTable(contentsOf: file)
            #expect(table.rows.map(\.fields) == fields.flatMap { one in fields.map { [one, $0, "end"] } })
        }
    }

    @Test("A header alone is a table without rows")
    func headerOnly() throws {
        #expect(try table("image,audio").rows.isEmpty)
        #expect(try table("image,audio\r\n\r\n").rows.isEmpty)
    }

    @Test(
        "Errors name line and column",
        arguments: [
            ("", "pairs.csv is empty; expected a first line"), ("\n\r\n", "pairs.csv is empty"),
            ("a,b,a\n1,2,3", "line 1: two columns are called 'a'"),
            ("a,b\n1,2\n1\n", "line 3: the number of fields is 1; expected 2"),
            ("a,b\n1,2,3", "line 2: the number of fields is 3; expected 2"),
            ("a,b\n\n1,\"x\ny\n", "line 3, column 3: this quotation mark is never closed"),
            ("a,b\n\"ü\"x,2", "line 2, column 4: text behind a closing quotation mark"),
            ("a,b\n\"1\n2\" ,2", "line 3, column 3: text behind a closing quotation mark"),
            ("a,b\n1,x\"y\"", "line 2, column 4: a quotation mark within a field"),
            ("a,b\r1,2", "line 1, column 4: a carriage return alone"),
            ("a,b\n\"1\"\r,2", "line 2, column 4: a carriage return alone"),
            ("a,b\n1,\0", "line 2: a field is not text in UTF-8"),
        ])
    func broken(text: String, message: String) throws {
        let error = try #require(throws: DuetError.self) { try table(text) }
        #expect(error.kind == .badData)
        #expect(error.description.contains(message), "\(error)")
    }

    @Test("Files that are missing, or not text")
    func files() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("pairs.csv")
            let missing = try #require(throws: DuetError.self) { try CSVTable(contentsOf: file) }
            #expect(missing.kind == .missingInput && missing.description.contains(file.path))
            for bytes: [UInt8] in [[0xFF, 0xFE, 0x61, 0, 0x0A, 0], Array("a\n".utf8) + [0xE4, 0x0A]] {
                try Data(bytes).write(to: file)
                let error = try #require(throws: DuetError.self) { try CSVTable(contentsOf: file) }
                #expect(error.kind == .badData && error.description.contains("UTF-8"), "\(error)")
            }
        }
    }
}
