/// Rows and columns of text, aligned.
///
/// ```swift
/// var table = TextTable([.left("Layer"), .right("Param #")], rules: .box)
/// table.addRow(["conv2d (Conv2D)", Format.count(320)])
/// print(table.render(for: .standardOutput))
/// ```
package struct TextTable: Sendable {
    /// The side on which a column's cells line up: words on the left, numbers on the right.
    package enum Alignment: Sendable {
        /// Ragged on the right.
        case left
        /// Ragged on the left.
        case right
    }

    /// A column's heading and alignment.
    package struct Column: Sendable {
        /// The text above the column.
        package var title: String
        /// How the heading and the cells line up.
        package var alignment: Alignment

        /// A column of words.
        package static func left(_ title: String) -> Column { Column(title: title, alignment: .left) }

        /// A column of numbers.
        package static func right(_ title: String) -> Column { Column(title: title, alignment: .right) }
    }

    /// The lines drawn around and between the cells.
    package enum Rules: Sendable {
        /// One line under the headings.
        case header
        /// A frame around every cell, as in Keras's `summary()`. Only on a terminal: elsewhere it is as ``header``, which
        /// other programs can read.
        case box
    }

    private let columns: [Column]
    private let rules: Rules
    private var rows: [[String]] = []

    /// An empty table.
    package init(_ columns: [Column], rules: Rules = .header) {
        self.columns = columns
        self.rules = rules
    }

    /// Adds a row at the bottom. Missing cells are empty; cells may carry a ``Style``. Text from someone's file should
    /// be made `printable` before.
    ///
    /// - Precondition: no more cells than columns.
    package mutating func addRow(_ cells: [String]) {
        precondition(cells.count <= columns.count, "\(cells.count) cells for \(columns.count) columns")
        rows.append(cells + Array(repeating: "", count: columns.count - cells.count))
    }

    /// The table as lines of text, without a newline at the end.
    package func render(for terminal: Terminal) -> String {
        let widths = columns.indices.map { column in
            rows.map { $0[column].displayWidth }.reduce(columns[column].title.displayWidth, max)
        }
        let style = Style(for: terminal)
        let header = columns.map { style.bold($0.title) }
        return rules == .box && terminal.isTerminal
            ? renderBox(header: header, widths: widths, frame: terminal.allowsUnicode ? .unicode : .ascii)
            : renderPlain(header: header, widths: widths, rule: terminal.allowsUnicode ? "─" : "-")
    }

    private func renderPlain(header: [String], widths: [Int], rule: String) -> String {
        func line(_ cells: [String]) -> String {
            var line = aligned(cells, widths: widths).joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
        let underline = widths.map { String(repeating: rule, count: $0) }
        return ([header, underline] + rows).map(line).joined(separator: "\n")
    }

    private func renderBox(header: [String], widths: [Int], frame: Frame) -> String {
        func line(_ cells: [String], bar: String) -> String {
            bar + aligned(cells, widths: widths).map { " \($0) " }.joined(separator: bar) + bar
        }
        func rule(_ parts: Frame.Rule) -> String {
            let segments = widths.map { String(repeating: parts.line, count: $0 + 2) }
            return parts.left + segments.joined(separator: parts.joint) + parts.right
        }
        var lines = [rule(frame.top), line(header, bar: frame.headerBar), rule(frame.underHeader)]
        for (index, row) in rows.enumerated() {
            if index > 0 { lines.append(rule(frame.betweenRows)) }
            lines.append(line(row, bar: frame.bar))
        }
        lines.append(rule(frame.bottom))
        return lines.joined(separator: "\n")
    }

    private func aligned(_ cells: [String], widths: [Int]) -> [String] {
        cells.indices.map { cells[$0].padded(to: widths[$0], onLeft: columns[$0].alignment == .right) }
    }
}

/// The characters of a boxed table.
private struct Frame {
    struct Rule {
        let left: String, line: String, joint: String, right: String
    }

    let top: Rule
    let underHeader: Rule
    let betweenRows: Rule
    let bottom: Rule
    let headerBar: String
    let bar: String

    static let unicode = Frame(
        top: Rule(left: "┏", line: "━", joint: "┳", right: "┓"),
        underHeader: Rule(left: "┡", line: "━", joint: "╇", right: "┩"),
        betweenRows: Rule(left: "├", line: "─", joint: "┼", right: "┤"),
        bottom: Rule(left: "└", line: "─", joint: "┴", right: "┘"),
        headerBar: "┃",
        bar: "│"
    )

    static let ascii: Frame = {
        let rule = Rule(left: "+", line: "-", joint: "+", right: "+")
        return Frame(
            top: rule,
            underHeader: Rule(left: "+", line: "=", joint: "+", right: "+"),
            betweenRows: rule,
            bottom: rule,
            headerBar: "|",
            bar: "|"
        )
    }()
}
