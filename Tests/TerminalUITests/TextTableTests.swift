import TerminalUI
import Testing

struct TextTableTests {
    private func summary(_ rules: TextTable.Rules) -> TextTable {
        var table = TextTable([.left("Layer"), .right("Param #")], rules: rules)
        table.addRow(["conv2d", Format.count(320)])
        table.addRow(["dense", Format.count(6_423_040)])
        return table
    }

    @Test func aFileGetsAlignedColumns() {
        let expected = """
            Layer     Param #
            ------  ---------
            conv2d        320
            dense   6,423,040
            """
        #expect(summary(.header).render(for: OutputFile().terminal([:])) == expected)
        #expect(summary(.box).render(for: OutputFile().terminal([:])) == expected)
    }

    @Test func aTerminalGetsKerassFrame() throws {
        let expected = """
            ┏━━━━━━━━┳━━━━━━━━━━━┓
            ┃ Layer  ┃   Param # ┃
            ┡━━━━━━━━╇━━━━━━━━━━━┩
            │ conv2d │       320 │
            ├────────┼───────────┤
            │ dense  │ 6,423,040 │
            └────────┴───────────┘
            """
        let terminal = try PseudoTerminal(columns: 80).terminal(["LANG": "C.UTF-8"])
        #expect(summary(.box).render(for: terminal) == expected)
    }

    @Test func withoutUnicodeTheFrameIsASCII() throws {
        let expected = """
            +--------+-----------+
            | Layer  |   Param # |
            +========+===========+
            | conv2d |       320 |
            +--------+-----------+
            | dense  | 6,423,040 |
            +--------+-----------+
            """
        #expect(summary(.box).render(for: try PseudoTerminal(columns: 80).terminal([:])) == expected)
    }

    @Test func styledAndWideCellsLineUp() throws {
        let device = try PseudoTerminal(columns: 80)
        var table = TextTable([.left("class"), .right("F1")])
        table.addRow(["七", Style(for: device.terminal()).green("0.99")])
        table.addRow(["seven", "1"])
        let lines = table.render(for: device.terminal()).split(separator: "\n").map(String.init)
        #expect(lines.map(\.displayWidth) == [11, 11, 11, 11])
        #expect(lines[0].contains("\u{1B}[1mclass\u{1B}[0m"))
    }

    @Test func shortRowsAreFilledUp() {
        var table = TextTable([.left("a"), .left("b")])
        table.addRow(["x"])
        #expect(table.render(for: OutputFile().terminal([:])) == "a  b\n-  -\nx")
    }
}
