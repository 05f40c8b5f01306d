import Foundation

/// A figure's numbers: written beside it as CSV, read by gnuplot, and shown as a table for those who cannot see the figure.
package struct DataTable: Codable, Sendable, Equatable {
    /// The columns' names.
    package let columns: [String]
    /// The rows, as many fields as there are columns.
    package private(set) var rows: [[String]] = []

    /// - Parameter columns: the columns' names.
    package init(_ columns: [String]) {
        self.columns = columns
    }

    /// Adds a row at the bottom.
    /// - Precondition: as many fields as columns.
    package mutating func add(_ fields: any CustomStringConvertible...) { add(row: fields) }

    /// Adds a row at the bottom.
    /// - Precondition: as many fields as columns.
    package mutating func add(row fields: [any CustomStringConvertible]) {
        precondition(fields.count == columns.count)
        rows.append(fields.map(\.description))
    }

    /// The table as a CSV file (RFC 4180). Line breaks in fields become spaces: gnuplot reads a record from one line.
    var csv: String {
        ([columns] + rows).map { $0.map(Self.field).joined(separator: ",") + "\n" }.joined()
    }

    private static func field(_ text: String) -> String {
        let line = text.onOneLine
        guard line.contains(where: { $0 == "," || $0 == "\"" }) else { return line }
        return "\"" + line.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }
}

extension String {
    /// The text with control characters, line breaks among them, as spaces.
    var onOneLine: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }

    /// The text on one line, cut to some characters where it is longer.
    package func shortened(to limit: Int) -> String {
        let line = onOneLine
        return line.count <= limit ? line : line.prefix(limit - 1) + "…"
    }
}
