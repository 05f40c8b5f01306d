/// How often values fell below each of some bounds, as Prometheus counts them.
struct Histogram: Sendable {
    /// The bounds, ascending; the last bucket has no bound.
    let bounds: [Double]
    private var counts: [Int]
    private var sum = 0.0

    /// Bounds for the seconds that a request takes.
    static let seconds: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]
    /// Bounds for the rows that are computed together.
    static let rows: [Double] = [1, 2, 4, 8, 16, 32, 64, 128, 256]

    init(_ bounds: [Double]) {
        self.bounds = bounds
        counts = [Int](repeating: 0, count: bounds.count + 1)
    }

    /// Counts a value.
    mutating func add(_ value: Double) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }

    /// The lines of a metric.
    /// - Parameters:
    ///   - name: its name.
    ///   - labels: its labels, without braces.
    /// - Returns: the lines, each with its end.
    func text(_ name: String, _ labels: String) -> String {
        var (lines, total) = ("", 0)
        for (place, count) in counts.enumerated() {
            total += count
            let bound = place < bounds.count ? "\(bounds[place])" : "+Inf"
            lines += "\(name)_bucket{\(labels),le=\"\(bound)\"} \(total)\n"
        }
        return lines + "\(name)_sum{\(labels)} \(sum)\n\(name)_count{\(labels)} \(total)\n"
    }
}
