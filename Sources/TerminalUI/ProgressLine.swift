/// The text of a progress display at one moment.
package struct ProgressLine {
    let label: String
    let unit: ProgressBar.Unit
    let completed: Int
    /// Nil where nobody knows how much there is to do.
    let total: Int?
    /// Things per second, where known.
    let rate: Double?
    let note: String

    /// A line about `completed` of `total` things, where the total is known. `rate` is in things per second.
    package init(label: String, unit: ProgressBar.Unit, completed: Int, total: Int?, rate: Double?, note: String) {
        self.label = label.printable
        self.unit = unit
        self.completed = completed
        self.total = total
        self.rate = rate
        self.note = note.printable
    }

    /// The line for a terminal, with a bar, in at most `width` columns: the less important parts go first.
    package func bar(width: Int, unicode: Bool) -> String {
        let separator = unicode ? " · " : " | "
        // Each entry leaves out more than the one before.
        let choices = [
            (parts: [percent, amount, speed, timeLeft, note], hasBar: true),
            (parts: [percent, amount, timeLeft, note], hasBar: true),
            (parts: [percent, timeLeft, note], hasBar: true),
            (parts: [percent, timeLeft, note], hasBar: false),
            (parts: [percent, timeLeft], hasBar: false),
        ]
        var line = ""
        for choice in choices {
            let text = join(choice.parts, separator)
            let room = width - label.displayWidth - text.displayWidth - 3
            if choice.hasBar && fraction != nil && room < 10 { continue }
            let bar = choice.hasBar ? bar(columns: min(room, 30), unicode: unicode) : ""
            line = label + "  " + bar + text
            if line.displayWidth <= width { return line }
        }
        return line.truncated(to: width, ellipsis: unicode ? "…" : "...")
    }

    /// The line for a file: everything, without a bar.
    package func plain(unicode: Bool) -> String {
        label + ": " + join([percent, amount, speed, timeLeft, note], unicode ? " · " : " | ")
    }

    /// The line when all is over, after `elapsed` seconds.
    package func summary(elapsed: Double, unicode: Bool) -> String {
        let average = elapsed > 0 ? unit.rate(Double(completed) / elapsed) : ""
        let done = completed == total ? unit.amount(completed) : amount
        let sentence = "\(done) in \(Format.duration(elapsed))"
        return label + ": " + join([sentence, average, note], unicode ? " · " : " | ")
    }

    /// How much is done, 0 to 1; nil where nobody knows.
    private var fraction: Double? {
        total.map { $0 > 0 ? min(max(Double(completed) / Double($0), 0), 1) : 1 }
    }

    /// Rounded down: 100 % is said only when all is done.
    private var percent: String {
        fraction.map { "\(Int($0 * 100)) %".padded(to: 5, onLeft: true) } ?? ""
    }

    private var amount: String {
        total.map { unit.amount(completed, of: $0) } ?? unit.amount(completed)
    }

    private var speed: String { rate.map(unit.rate) ?? "" }

    private var timeLeft: String {
        guard let rate, let total, completed < total else { return "" }
        return Format.timeLeft(Double(total - completed) / rate)
    }

    /// The bar and a space; nothing where there is nothing to show.
    private func bar(columns: Int, unicode: Bool) -> String {
        guard let fraction else { return "" }
        let filled = Int(fraction * Double(columns))
        return String(repeating: unicode ? "━" : "#", count: filled)
            + String(repeating: unicode ? "╌" : "-", count: columns - filled) + " "
    }

    private func join(_ parts: [String], _ separator: String) -> String {
        parts.filter { !$0.isEmpty }.joined(separator: separator)
    }
}
