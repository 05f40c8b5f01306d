import TerminalUI
import Testing

struct BarChartTests {
    private let chart = BarChart(
        [.init(label: "three", fraction: 0.75), .init(label: "八", fraction: 0.2), .init(label: "no", fraction: 0)],
        barWidth: 10
    )

    @Test func eighthsOfAColumn() {
        let expected = """
            three  ███████▌    0.7500
            八     ██          0.2000
            no                 0.0000
            """
        #expect(chart.render(for: OutputFile().terminal(["LANG": "C.UTF-8"])) == expected)
    }

    @Test func asciiWhereTheLocaleHasNoBlocks() {
        let lines = chart.render(for: OutputFile().terminal([:])).split(separator: "\n")
        #expect(lines.first == "three  ########    0.7500")
    }

    @Test(arguments: [(-3, 0), (.nan, 0), (2, 10), (1, 10)])
    func barsStayInsideTheirColumns(fraction: Double, length: Int) {
        let text = BarChart([.init(label: "x", fraction: fraction)], barWidth: 10).render(for: OutputFile().terminal())
        #expect(text.filter { $0 == "█" }.count == length)
    }
}
