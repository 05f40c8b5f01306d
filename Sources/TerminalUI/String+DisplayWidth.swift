extension String {
    /// How many columns the text takes on a terminal: two for East Asian wide characters and emoji, none for combining
    /// marks and for the escape sequences of ``Style``.
    package var displayWidth: Int {
        var width = 0
        var isInEscape = false
        for character in self {
            if isInEscape {
                isInEscape = character != "m"
            } else if character == "\u{1B}" {
                isInEscape = true
            } else {
                width += character.displayWidth
            }
        }
        return width
    }

    /// The text in at most `width` columns, cut at the end with an ellipsis where it is longer. For plain, unstyled text.
    package func truncated(to width: Int, ellipsis: String) -> String {
        guard displayWidth > width else { return self }
        var kept = ""
        var columns = ellipsis.displayWidth
        guard columns <= width else { return "" }
        for character in self {
            columns += character.displayWidth
            guard columns <= width else { break }
            kept.append(character)
        }
        return kept + ellipsis
    }

    /// The text filled up with spaces to `width` columns, on the left or on the right.
    package func padded(to width: Int, onLeft: Bool = false) -> String {
        let spaces = String(repeating: " ", count: Swift.max(0, width - displayWidth))
        return onLeft ? spaces + self : self + spaces
    }

    /// The text on one line and without control characters, so that a name from someone's file can neither break a
    /// table nor send commands to the terminal.
    package var printable: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }
}

extension Character {
    fileprivate var displayWidth: Int {
        guard let first = unicodeScalars.first else { return 0 }
        switch first.properties.generalCategory {
        case .control, .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        // U+FE0F asks for the emoji form of a character that is otherwise narrow text.
        let isWide = first.isWide || unicodeScalars.contains("\u{FE0F}")
        return isWide ? 2 : 1
    }
}

extension Unicode.Scalar {
    /// East Asian Wide and Fullwidth, by block (Unicode Standard Annex #11), and emoji shown as pictures.
    fileprivate var isWide: Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
            true
        default:
            properties.isEmojiPresentation
        }
    }
}
