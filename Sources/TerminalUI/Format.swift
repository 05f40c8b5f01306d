import Foundation

/// Numbers and times as the command prints them, the same in every locale.
package enum Format {
    /// A count with thousands separators: `1,234,567`.
    package static func count(_ value: Int) -> String {
        let digits = Array(String(value.magnitude))
        var text = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0 && (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return text
    }

    /// A fraction or a loss: `0.9951`. `decimals` digits after the point.
    package static func decimal(_ value: Double, decimals: Int = 4) -> String {
        String(format: "%.\(decimals)f", value)
    }

    /// An interval: `0.9934–0.9962`, with a plain hyphen where `unicode` is false.
    package static func interval(_ low: Double, _ high: Double, decimals: Int = 4, unicode: Bool = true) -> String {
        decimal(low, decimals: decimals) + (unicode ? "–" : "-") + decimal(high, decimals: decimals)
    }

    /// A number of bytes in decimal units: `27.1 MB`.
    package static func bytes(_ value: Double) -> String {
        var (scaled, unit) = (value, "B")
        // 999.95 rather than 1000: what would round up to "1000.0 kB" is "1.0 MB".
        for larger in ["kB", "MB", "GB", "TB"] where scaled.magnitude >= 999.95 {
            (scaled, unit) = (scaled / 1000, larger)
        }
        return decimal(scaled, decimals: unit == "B" ? 0 : 1) + " " + unit
    }

    /// A time in seconds as people say it: `0.31 s`, `12 s`, `1 min 23 s`, `2 h 5 min`.
    package static func duration(_ seconds: Double) -> String {
        guard let whole = wholeSeconds(seconds) else { return "unknown time" }
        if seconds < 9.995 { return decimal(seconds, decimals: 2) + " s" }
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
        let minutes = (whole + 30) / 60
        return "\(count(minutes / 60)) h \(minutes % 60) min"
    }

    /// A remaining time in seconds, short and steady in a line that is redrawn: `12 s left`, `1:23 left`, `2:05:00 left`.
    package static func timeLeft(_ seconds: Double) -> String {
        guard let whole = wholeSeconds(seconds) else { return "unknown time left" }
        if whole < 60 { return "\(whole) s left" }
        let (minutes, rest) = (whole / 60, whole % 60)
        if minutes < 60 { return "\(minutes):\(twoDigits(rest)) left" }
        return "\(count(minutes / 60)):\(twoDigits(minutes % 60)):\(twoDigits(rest)) left"
    }

    /// Nil for what is no time: negative, not finite, or beyond what an integer counts.
    private static func wholeSeconds(_ seconds: Double) -> Int? {
        guard seconds >= 0, seconds < 1e15 else { return nil }
        return Int(seconds.rounded())
    }

    private static func twoDigits(_ value: Int) -> String {
        value < 10 ? "0\(value)" : "\(value)"
    }
}
