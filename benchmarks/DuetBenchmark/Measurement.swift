import Foundation

/// How time is taken: as in `peers/measure.py`, whose numbers these stand beside.
enum Measurement {
    /// A stretch of steps.
    struct Block {
        /// Samples per second.
        let rate: Double
        /// The part of the machine's processor time that other processes took; 0 where the system does not tell.
        let others: Double

        /// Whether other processes took so little that the rate can be trusted.
        var isQuiet: Bool { others <= 0.05 }
    }

    private static let blockCount = 20
    private static let warmUp = (steps: 10, seconds: 2.0)

    /// Twenty blocks, after a warm-up of at least ten steps and two seconds.
    static func blocks(seconds: Double, batchSize: Int, step: () -> Void) -> [Block] {
        let start = now
        var done = 0
        while done < warmUp.steps || now - start < warmUp.seconds {
            step()
            done += 1
        }
        return (0..<blockCount).map { _ in
            block(seconds: seconds / Double(blockCount), batchSize: batchSize, step: step)
        }
    }

    private static func block(seconds: Double, batchSize: Int, step: () -> Void) -> Block {
        let busyBefore = busySeconds()
        let ownBefore = ownSeconds
        let start = now
        var done = 0
        var elapsed = 0.0
        while elapsed < seconds {
            step()
            done += 1
            elapsed = now - start
        }
        var others = 0.0
        if let busyBefore, let busyAfter = busySeconds() {
            others = max(0, busyAfter - busyBefore - (ownSeconds - ownBefore))
        }
        let capacity = elapsed * Double(ProcessInfo.processInfo.processorCount)
        return Block(rate: Double(done * batchSize) / elapsed, others: others / capacity)
    }

    private static var now: Double { seconds(of: CLOCK_MONOTONIC) }

    /// Processor time of this process so far.
    private static var ownSeconds: Double { seconds(of: CLOCK_PROCESS_CPUTIME_ID) }

    private static func seconds(of clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Processor time spent on this machine by all processes so far, or nil where the system does not tell.
    private static func busySeconds() -> Double? {
        guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
            let line = text.split(separator: "\n").first
        else { return nil }
        let ticks = line.split(separator: " ").dropFirst().compactMap { Double($0) }
        guard ticks.count >= 8 else { return nil }
        let idleAndWaiting = 3...4
        let busy = ticks[..<8].enumerated().filter { !idleAndWaiting.contains($0.offset) }.map(\.element)
        return busy.reduce(0, +) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
