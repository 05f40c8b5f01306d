import Foundation

/// How the learning rate changes over a phase.
public enum LearningRateSchedule: String, Codable, Sendable, CaseIterable {
    /// The same throughout, as in the paper.
    case constant
    /// Down to zero along half a cosine (Loshchilov & Hutter 2017, without restarts).
    case cosine
    /// Up from 1/25 of the peak in the first 30 % of the steps, then down to 1/250,000 of it, each along half a cosine
    /// (Smith & Topin 2018; the shape and numbers are PyTorch's `OneCycleLR`).
    case oneCycle = "one-cycle"

    /// The learning rate of one step.
    /// - Parameters:
    ///   - step: counts from 0.
    ///   - total: the steps of the whole phase.
    ///   - peak: the learning rate that the user set.
    /// - Returns: the rate, from 0 to `peak`.
    public func rate(step: Int, of total: Int, peak: Float) -> Float {
        func between(_ start: Double, _ end: Double, _ part: Double) -> Float {
            Float(end + (start - end) * (1 + cos(.pi * min(max(part, 0), 1))) / 2)
        }
        let peakRate = Double(peak)
        switch self {
        case .constant:
            return peak
        case .cosine:
            return between(peakRate, 0, Double(step) / Double(max(total, 1)))
        case .oneCycle:
            let rise = 0.3 * Double(total) - 1
            if Double(step) <= rise { return between(peakRate / 25, peakRate, Double(step) / rise) }
            let fall = Double(total) - 1 - rise
            return between(peakRate, peakRate / 250_000, (Double(step) - rise) / max(fall, 1))
        }
    }
}
