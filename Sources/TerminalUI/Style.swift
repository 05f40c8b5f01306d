/// Bold, dim and the few colours that the command uses; plain text where colours are off.
public struct Style: Sendable {
    private let isOn: Bool

    /// The styles that a terminal allows.
    public init(for terminal: Terminal) {
        isOn = terminal.allowsColor
    }

    /// Headings, and the one number that a reader looks for.
    public func bold(_ text: String) -> String { wrap(text, code: 1) }

    /// What may be skipped.
    public func dim(_ text: String) -> String { wrap(text, code: 2) }

    /// What went wrong.
    public func red(_ text: String) -> String { wrap(text, code: 31) }

    /// What went right.
    public func green(_ text: String) -> String { wrap(text, code: 32) }

    /// What to look at again.
    public func yellow(_ text: String) -> String { wrap(text, code: 33) }

    private func wrap(_ text: String, code: Int) -> String {
        isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
