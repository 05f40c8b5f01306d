import Foundation

/// How fast something goes right now: an exponential average of the rate, over about the last ten seconds.
package struct RateMeter: Sendable {
    /// The time in seconds after which a measurement counts for 1/e.
    private static let timeConstant = 5.0

    private var weightedRate = 0.0
    private var weight = 0.0
    private var lastTime: Double
    private var lastCompleted: Int

    /// Starts with `completed` things done at `time`, in seconds of any clock.
    package init(completed: Int = 0, time: Double = 0) {
        lastCompleted = completed
        lastTime = time
    }

    /// Notes that `completed` things in all are done at `time`.
    package mutating func record(completed: Int, time: Double) {
        let elapsed = time - lastTime
        guard elapsed > 0 else { return }
        let decay = exp(-elapsed / Self.timeConstant)
        weightedRate = decay * weightedRate + (1 - decay) * Double(completed - lastCompleted) / elapsed
        weight = decay * weight + (1 - decay)
        (lastTime, lastCompleted) = (time, completed)
    }

    /// Things per second; nil before anything can be said.
    package var rate: Double? {
        // Divided by the weights so far, or else the average would start from 0 and be too low for a while.
        weight > 0 && weightedRate > 0 ? weightedRate / weight : nil
    }
}
