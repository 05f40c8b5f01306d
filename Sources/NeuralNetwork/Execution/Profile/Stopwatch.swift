/// Notes how long each part of a step takes, in the order in which they run.
final class Stopwatch {
    /// The time of one part.
    struct Lap {
        let name: String
        let duration: Duration
    }

    /// The parts since the last `takeLaps`.
    private var laps: [Lap] = []

    func time<Result>(_ name: String, _ body: () -> Result) -> Result {
        let began = ContinuousClock.now
        let result = body()
        laps.append(Lap(name: name, duration: began.duration(to: .now)))
        return result
    }

    /// Hands over what was noted and starts anew.
    func takeLaps() -> [Lap] {
        defer { laps.removeAll(keepingCapacity: true) }
        return laps
    }
}

extension Duration {
    /// The duration in milliseconds.
    var milliseconds: Double { Double(components.seconds) * 1e3 + Double(components.attoseconds) * 1e-15 }
}
