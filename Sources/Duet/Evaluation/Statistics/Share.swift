/// How many of some pairs were classified correctly.
struct Share {
    /// The share of them, 0 to 1.
    let accuracy: Double
    /// Its 95 % interval.
    let interval: WilsonInterval

    /// Counts; there is at least one pair.
    init(_ areCorrect: [Bool]) {
        let hits = areCorrect.count { $0 }
        accuracy = Double(hits) / Double(areCorrect.count)
        interval = WilsonInterval(successes: hits, of: areCorrect.count)
    }
}
