import Foundation

/// A piece of HTML. Texts that are put into it are escaped, whatever they hold; pieces of HTML are put in as they are.
///
/// ```swift
/// let name = "<b>"
/// HTML("<td>\(name)</td>").text  // <td>&lt;b&gt;</td>
/// ```
package struct HTML: ExpressibleByStringInterpolation, Sendable {
    package let text: String

    package init(stringLiteral value: String) {
        text = value
    }

    package init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
    }

    /// Pieces one after another.
    init(_ pieces: some Sequence<HTML>) {
        text = pieces.map(\.text).joined(separator: "\n")
    }

    init(_ piece: HTML) {
        self = piece
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity)
        }

        package mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        package mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            text += HTML.escaped(value.description)
        }

        package mutating func appendInterpolation(_ html: HTML) {
            text += html.text
        }

        package mutating func appendInterpolation(_ pieces: [HTML]) {
            text += HTML(pieces).text
        }
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            // A class's name may hold anything; HTML has no way to write control characters.
            case _ where scalar.properties.generalCategory == .control: result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension HTML {
    /// A table. Numbers line up on the right.
    package init(_ table: DataTable, caption: String) {
        let columns = table.columns.indices
        let isNumber = columns.map { column in
            table.rows.allSatisfy { $0[column].isEmpty || $0[column].isNumber }
        }
        func cell(_ tag: String, _ column: Int, _ text: String) -> HTML {
            let kind: HTML = isNumber[column] ? " class=\"number\"" : ""
            return "<\(tag)\(kind)>\(text)</\(tag)>"
        }
        let header = columns.map { cell("th", $0, table.columns[$0]) }
        let rows = table.rows.map { row -> HTML in
            "<tr>\(columns.map { cell("td", $0, row[$0].asNumber) })</tr>"
        }
        self = """
            <div class="scroll"><table><caption>\(caption)</caption>
            <thead><tr>\(header)</tr></thead>
            <tbody>
            \(rows)
            </tbody></table></div>
            """
    }
}

extension String {
    /// Whether it is a number, with commas between its digits and in per cent too.
    fileprivate var isNumber: Bool {
        let digits = hasSuffix(" %") ? dropLast(2) : self[...]
        return Double(digits.filter { $0 != "," }) != nil
    }

    /// A number with no more digits than a reader wants; other text as it is.
    fileprivate var asNumber: String {
        guard contains("."), let value = Double(self) else { return self }
        return value.short
    }
}
