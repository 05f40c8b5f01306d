/// Horizontal bars for fractions, such as the probability of each class.
package struct BarChart: Sendable {
    /// One bar.
    package struct Bar: Sendable {
        /// The text on the left.
        package var label: String
        /// The bar's length, 0 to 1; what lies outside is drawn as the nearer end.
        package var fraction: Double

        /// A bar with its label.
        package init(label: String, fraction: Double) {
            self.label = label
            self.fraction = fraction
        }
    }

    private let bars: [Bar]
    private let barWidth: Int

    /// A chart of bars, top to bottom.
    ///
    /// - Parameters:
    ///   - bars: labels and fractions.
    ///   - barWidth: how many columns a bar of 1 takes, at least 1.
    package init(_ bars: [Bar], barWidth: Int = 30) {
        self.bars = bars
        self.barWidth = max(1, barWidth)
    }

    /// One line per bar: label, bar, value. Without a newline at the end.
    package func render(for terminal: Terminal) -> String {
        let labels = bars.map(\.label.printable)
        let labelWidth = labels.map(\.displayWidth).max() ?? 0
        return zip(labels, bars).map { label, bar in
            let drawn = terminal.allowsUnicode ? eighths(bar.fraction) : hashes(bar.fraction)
            return [label.padded(to: labelWidth), drawn.padded(to: barWidth), Format.decimal(bar.fraction)]
                .joined(separator: "  ")
        }
        .joined(separator: "\n")
    }

    /// A bar to the eighth of a column.
    private func eighths(_ fraction: Double) -> String {
        let length = steps(of: fraction, perColumn: 8)
        let part = length.isMultiple(of: 8) ? "" : ["▏", "▎", "▍", "▌", "▋", "▊", "▉"][length % 8 - 1]
        return String(repeating: "█", count: length / 8) + part
    }

    private func hashes(_ fraction: Double) -> String {
        String(repeating: "#", count: steps(of: fraction, perColumn: 1))
    }

    private func steps(of fraction: Double, perColumn: Int) -> Int {
        guard fraction > 0 else { return 0 }  // also what is not a number
        return Int((min(fraction, 1) * Double(barWidth * perColumn)).rounded())
    }
}
