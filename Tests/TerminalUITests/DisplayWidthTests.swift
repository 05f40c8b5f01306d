import TerminalUI
import Testing

struct DisplayWidthTests {
    @Test(arguments: [
        ("seven", 5), ("", 0), ("e\u{301}a", 2), ("七", 2), ("ﾅﾅ", 2), ("ハチ", 4), ("👍🏽", 2), ("✈️", 2), ("👩‍👧", 2),
        ("━╌│", 3), ("\u{1B}[1mbold\u{1B}[0m", 4), ("한", 2), ("\u{200B}", 0),
    ])
    func countsColumns(text: String, expected: Int) {
        #expect(text.displayWidth == expected)
    }

    @Test func paddingCountsColumns() {
        #expect("七".padded(to: 4) == "七  ")
        #expect("七".padded(to: 4, onLeft: true) == "  七")
        #expect("toolong".padded(to: 4) == "toolong")
    }

    @Test func truncationNeverExceedsTheWidth() {
        #expect("classifier".truncated(to: 6, ellipsis: "…") == "class…")
        #expect("一二三四".truncated(to: 6, ellipsis: "…") == "一二…")
        #expect("fits".truncated(to: 4, ellipsis: "…") == "fits")
        #expect("no room".truncated(to: 2, ellipsis: "...") == "")
    }

    @Test func namesFromFilesCannotSendCommands() {
        #expect("a\u{1B}[2Jb\nc\td\u{7F}".printable == "a [2Jb c d ")
        #expect("naïve 七".printable == "naïve 七")
    }
}
