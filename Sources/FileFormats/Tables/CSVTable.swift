package import Foundation

/// A table in a CSV file: a line of column names, then one record per line (RFC 4180).
///
/// Fields are separated by commas. One that holds a comma, a quotation mark or a line break stands in quotation marks, and
/// quotation marks in it are doubled. Lines end in LF or CRLF; the last one need not. Blank lines are passed over, and so is a
/// byte-order mark. Spaces are part of a field. The text is UTF-8.
///
/// ```swift
/// let table = try CSVTable(contentsOf: manifest)
/// for row in table.rows { print(row.line, row["image"] ?? "there is no column 'image'") }
/// ```
package struct CSVTable: Sendable {
    /// One record.
    package struct Row: Sendable {
        /// The line of the file on which the record begins, from 1.
        package let line: Int
        /// The record's fields, in the order of the columns; as many as there are columns.
        package let fields: [String]
        fileprivate let places: [String: Int]

        /// The field in the column of this name; nil where there is no such column.
        package subscript(column: String) -> String? { places[column].map { fields[$0] } }
    }

    /// The file's path, or what else the table is called in error messages.
    package let name: String
    /// The columns' names, in their order, each another.
    package let columns: [String]
    /// The records, in their order; none where the file has only a header.
    package let rows: [Row]

    /// The most bytes a file may have.
    private static let byteLimit = 1_000_000_000

    /// Reads a file.
    ///
    /// - Parameter url: a CSV file of at most 1 GB.
    /// - Throws: `DuetError` of kind `missingInput` where there is no such file, and of kind `badData` with line and column
    ///   where it is no CSV table: no header, two columns of one name, a record with more or fewer fields than columns,
    ///   quotation marks that do not match, text that is not UTF-8.
    package init(contentsOf url: URL) throws {
        let file = try InputFile(url)
        guard file.size <= Self.byteLimit else {
            throw DuetError(
                .badData, "\(file.name) has \(file.size) bytes; expected a CSV file of at most \(Self.byteLimit)")
        }
        try self.init(bytes: file.read(file.size), name: file.name)
    }

    /// Reads text that is in memory.
    ///
    /// - Parameters:
    ///   - text: the whole table.
    ///   - name: what to call it in error messages.
    /// - Throws: `DuetError` of kind `badData`, as for a file.
    package init(text: String, name: String) throws {
        try self.init(bytes: Array(text.utf8), name: name)
    }

    /// A field as it is written: in quotation marks where it would not be one field otherwise.
    package static func quoted(_ field: String) -> String {
        // Bytes, as a carriage return and a line feed together are one character to Swift.
        guard field.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return field }
        return "\"" + field.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }

    private init(bytes: [UInt8], name: String) throws {
        var reader = CSVReader(bytes, name: name)
        guard let header = try reader.record() else {
            throw DuetError(.badData, "\(name) is empty; expected a first line with the columns' names")
        }
        var places: [String: Int] = [:]
        for (place, column) in header.fields.enumerated() {
            guard places.updateValue(place, forKey: column) == nil else {
                throw DuetError(.badData, "\(name), line \(header.line): two columns are called '\(column)'")
            }
        }
        var rows: [Row] = []
        while let record = try reader.record() {
            guard record.fields.count == header.fields.count else {
                throw DuetError(
                    .badData,
                    "\(name), line \(record.line): the number of fields is \(record.fields.count); expected "
                        + "\(header.fields.count), as in the header. A field with a comma in it needs quotation marks")
            }
            rows.append(Row(line: record.line, fields: record.fields, places: places))
        }
        (self.name, columns, self.rows) = (name, header.fields, rows)
    }
}

/// Takes one record after the other from CSV text.
private struct CSVReader {
    private let bytes: [UInt8]
    private let name: String
    private var position = 0
    private var line = 1
    private var lineStart = 0

    private static let (comma, quote) = (UInt8(ascii: ","), UInt8(ascii: "\""))
    private static let (lineFeed, carriageReturn) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))

    init(_ bytes: [UInt8], name: String) {
        (self.bytes, self.name) = (bytes, name)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { (position, lineStart) = (3, 3) }
    }

    /// The next record and the line on which it begins; nil at the end.
    mutating func record() throws -> (line: Int, fields: [String])? {
        while skipLineEnd() {}
        guard position < bytes.count else { return nil }
        let first = line
        var fields = [try field()]
        while current == Self.comma {
            position += 1
            fields.append(try field())
        }
        guard position == bytes.count || skipLineEnd() else {
            throw error(
                current == Self.carriageReturn
                    ? "a carriage return alone; expected lines that end in LF or CRLF"
                    : "text behind a closing quotation mark; expected a comma or the end of the line. A quotation mark in "
                        + "a quoted field is doubled")
        }
        return (first, fields)
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Steps over a line end; false where there is none.
    private mutating func skipLineEnd() -> Bool {
        var end = position
        if end < bytes.count, bytes[end] == Self.carriageReturn { end += 1 }
        guard end < bytes.count, bytes[end] == Self.lineFeed else { return false }
        position = end + 1
        startLine()
        return true
    }

    private mutating func startLine() {
        line += 1
        lineStart = position
    }

    private mutating func field() throws -> String {
        current == Self.quote ? try quotedField() : try plainField()
    }

    private mutating func plainField() throws -> String {
        let start = position
        while let byte = current, byte != Self.comma, byte != Self.lineFeed, byte != Self.carriageReturn {
            guard byte != Self.quote else {
                throw error(
                    "a quotation mark within a field; expected the whole field in quotation marks, those in it doubled")
            }
            position += 1
        }
        return try text(bytes[start..<position], fromLine: line)
    }

    private mutating func quotedField() throws -> String {
        let (opening, openingLine) = (self, line)
        position += 1
        var start = position
        var content: [UInt8] = []
        while let byte = current {
            position += 1
            if byte == Self.lineFeed { startLine() }
            guard byte == Self.quote else { continue }
            content += bytes[start..<(position - 1)]
            guard current == Self.quote else { return try text(content[...], fromLine: openingLine) }
            // The second of two is the one that counts.
            start = position
            position += 1
        }
        throw opening.error("this quotation mark is never closed")
    }

    private func text(_ field: ArraySlice<UInt8>, fromLine line: Int) throws -> String {
        guard !field.contains(0), let text = String(bytes: field, encoding: .utf8) else {
            throw DuetError(
                .badData, "\(name), line \(line): a field is not text in UTF-8. Save the file as UTF-8")
        }
        return text
    }

    /// An error at the place that is read.
    private func error(_ problem: String) -> DuetError {
        // Characters, not bytes: those that go on with a character begin with the bits 10.
        let column = bytes[lineStart..<position].count { $0 & 0xC0 != 0x80 } + 1
        return DuetError(.badData, "\(name), line \(line), column \(column): \(problem)")
    }
}
