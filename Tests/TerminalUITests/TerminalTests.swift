import TerminalUI
import Testing

struct TerminalTests {
    @Test func aFileHasNoColorsAndIsNotRedrawn() {
        let terminal = OutputFile().terminal()
        #expect(!terminal.isTerminal)
        #expect(!terminal.allowsColor)
        #expect(!terminal.allowsRedrawing)
        #expect(terminal.width == 80)
    }

    @Test func aTerminalHasColorsAndItsWindowsWidth() throws {
        let device = try PseudoTerminal(columns: 97)
        let terminal = device.terminal()
        #expect(terminal.isTerminal)
        #expect(terminal.allowsColor)
        #expect(terminal.allowsRedrawing)
        #expect(terminal.width == 97)
        device.resize(columns: 41)
        #expect(terminal.width == 41)
    }

    @Test(arguments: [
        (["TERM": "xterm", "NO_COLOR": "1"], false),
        (["TERM": "xterm", "NO_COLOR": ""], true),
        (["TERM": "dumb"], false),
        ([:], false),
        (["TERM": "dumb", "CLICOLOR_FORCE": "1"], true),
        (["TERM": "xterm", "CLICOLOR_FORCE": "1", "NO_COLOR": "1"], false),
    ])
    func colorsOnATerminalFollowTheEnvironment(environment: [String: String], expected: Bool) throws {
        #expect(try PseudoTerminal(columns: 80).terminal(environment).allowsColor == expected)
    }

    @Test(arguments: [(["CLICOLOR_FORCE": "1"], true), (["CLICOLOR_FORCE": "0"], false)])
    func colorsCanBeForcedIntoAFile(environment: [String: String], expected: Bool) {
        #expect(OutputFile().terminal(environment).allowsColor == expected)
    }

    @Test(arguments: [
        (["LANG": "en_US.UTF-8"], true),
        (["LANG": "C.utf8"], true),
        (["LANG": "en_US.UTF-8", "LC_ALL": "C"], false),
        (["LANG": "C", "LC_CTYPE": "C.UTF-8"], true),
        (["LC_ALL": "", "LANG": "C.UTF-8"], true),
        ([:], false),
    ])
    func unicodeFollowsTheLocale(environment: [String: String], expected: Bool) {
        #expect(OutputFile().terminal(environment).allowsUnicode == expected)
    }

    @Test(arguments: [("132", 132), ("0", 80), ("-3", 80), ("wide", 80), ("99999999999999999999", 80)])
    func columnsAreTakenWhenTheyMakeSense(columns: String, expected: Int) {
        #expect(OutputFile().terminal(["COLUMNS": columns]).width == expected)
    }

    @Test func stylesVanishWithColors() throws {
        let device = try PseudoTerminal(columns: 80)
        #expect(Style(for: device.terminal()).green("good") == "\u{1B}[32mgood\u{1B}[0m")
        #expect(Style(for: OutputFile().terminal()).green("good") == "good")
    }
}
