/// Bold, dim and the few colours that the command uses; plain text where colours are off.
package struct Style: Sendable {
    private let isOn: Bool

    /// The styles that a terminal allows.
    package init(for terminal: Terminal) {
        isOn = terminal.allowsColor
    }

    /// Headings, and the one number that a reader looks for.
    package func bold(_ text: String) -> String { wrap(text, code: 1) }

    /// What may be skipped.
    package func dim(_ text: String) -> String { wrap(text, code: 2) }

    /// What went wrong.
    package func red(_ text: String) -> String { wrap(text, code: 31) }

    /// What went right.
    package func green(_ text: String) -> String { wrap(text, code: 32) }

    /// What to look at again.
    package func yellow(_ text: String) -> String { wrap(text, code: 33) }

    private func wrap(_ text: String, code: Int) -> String {
        isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
