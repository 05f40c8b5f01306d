/// When progress that goes to a file gets its next line: at every tenth of the work, at least five seconds apart; every half
/// minute where nobody knows how much work there is.
package struct LineSchedule: Sendable {
    private var lastTenth = 0
    private var lastTime = 0.0

    /// Starts at time 0 with nothing done.
    package init() {}

    /// Whether to write a line now, `time` seconds after the start; if so, it counts as written.
    package mutating func isDue(completed: Int, total: Int?, time: Double) -> Bool {
        if let total {
            let tenth = total > 0 ? Int(Double(completed) / Double(total) * 10) : 0
            guard tenth > lastTenth, time - lastTime >= 5 else { return false }
            lastTenth = tenth
        } else {
            guard time - lastTime >= 30 else { return false }
        }
        lastTime = time
        return true
    }
}
