/// How far a proportion may be from the one that was counted: Wilson's score interval.
///
/// Unlike the textbook's p ± z·√(p(1−p)/n), it stays inside 0 to 1 and is honest for the proportions close to 1 that
/// good classifiers have. E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
public struct WilsonInterval: Sendable, Equatable, Codable {
    /// The lower end, 0 to 1.
    public let low: Double
    /// The upper end, 0 to 1.
    public let high: Double

    /// The normal distribution's two-sided 95 % quantile.
    public static let z95 = 1.959963984540054

    /// The interval for `successes` out of `count` independent trials.
    ///
    /// - Parameters:
    ///   - successes: from 0 to `count`; what lies outside counts as the nearer end.
    ///   - count: the number of trials; without any, nothing is known and the interval is 0 to 1.
    ///   - z: the quantile of the confidence level; the default is for 95 %.
    public init(successes: Int, of count: Int, z: Double = WilsonInterval.z95) {
        guard count > 0 else {
            (low, high) = (0, 1)
            return
        }
        let n = Double(count)
        let p = Double(min(max(successes, 0), count)) / n
        let center = p + z * z / (2 * n)
        let halfWidth = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
        let scale = 1 + z * z / n
        // At the ends, the exact result is 0 or 1, which rounding would miss.
        low = successes <= 0 ? 0 : (center - halfWidth) / scale
        high = successes >= count ? 1 : (center + halfWidth) / scale
    }
}
