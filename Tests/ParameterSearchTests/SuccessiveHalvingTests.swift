import ParameterSearch
import Testing

@Suite("Asynchronous successive halving")
struct SuccessiveHalvingTests {
    let halving = SuccessiveHalving(minimum: 1, maximum: 9, reduction: 3)

    private func run(_ trial: Int, _ rung: Int, _ losses: [Double]?) -> SuccessiveHalving.Entry {
        SuccessiveHalving.Entry(trial: trial, rung: rung, losses: losses)
    }

    @Test("Rungs come to the last budget")
    func budgets() {
        #expect(halving.budgets == [1, 3, 9])
        #expect(SuccessiveHalving(minimum: 2, maximum: 81, reduction: 3).budgets == [3, 9, 27, 81])
        #expect(SuccessiveHalving(minimum: 1, maximum: 50, reduction: 4).budgets == [3, 12, 50])
        #expect(SuccessiveHalving(minimum: 5, maximum: 5, reduction: 2).budgets == [5])
        #expect(SuccessiveHalving(minimum: 6, maximum: 5, reduction: 2).budgets == [5])
    }

    /// With n = 9, r = 1, R = 9 and η = 3, successive halving runs 9 trials for 1, 3 for 3 and 1 for 9: table 1 of the
    /// paper, of which the asynchronous variant promotes as soon as a third is known.
    @Test("One worker alone promotes as the paper's example does")
    func sequence() {
        // Trial n has the loss n at every rung, so the first ones are the best.
        var entries: [SuccessiveHalving.Entry] = []
        var jobs: [String] = []
        var started = 0
        while jobs.count < 13 {
            if let promotion = halving.promotion(after: entries) {
                jobs.append("\(promotion.trial)^\(promotion.rung)")
                entries.append(run(promotion.trial, promotion.rung, [Double(promotion.trial)]))
            } else {
                jobs.append("\(started)")
                entries.append(run(started, 0, [Double(started)]))
                started += 1
            }
        }
        #expect(
            jobs == ["0", "1", "2", "0^1", "3", "4", "5", "1^1", "6", "7", "8", "2^1", "0^2"])
    }

    @Test("A trial is promoted once, from the highest rung first, and not while its result is unknown")
    func promotion() {
        let base = (0..<6).map { run($0, 0, [Double(6 - $0)]) }
        #expect(halving.promotion(after: base) == .init(trial: 5, rung: 1))
        #expect(halving.promotion(after: base + [run(5, 1, nil)]) == .init(trial: 4, rung: 1))
        #expect(halving.promotion(after: base + [run(5, 1, nil), run(4, 1, nil)]) == nil)
        let second = base + [run(5, 1, [1]), run(4, 1, [2]), run(3, 1, [0])]
        #expect(halving.promotion(after: second) == .init(trial: 3, rung: 2))
        #expect(halving.promotion(after: second.reversed()) == .init(trial: 3, rung: 2))
        #expect(halving.promotion(after: []) == nil)
    }

    @Test("Failed trials are never promoted")
    func failures() {
        let failed = (0..<6).map { run($0, 0, [$0 == 4 ? 1 : .nan]) }
        #expect(halving.promotion(after: failed) == .init(trial: 4, rung: 1))
        #expect(halving.promotion(after: failed + [run(4, 1, nil)]) == nil)
    }

    @Test("With two objectives the front is promoted before what it dominates")
    func objectives() {
        let losses = [[3.0, 3], [1, 4], [4, 1], [5, 5], [2, 2], [6, 6], [7, 7], [8, 8], [9, 9]]
        let entries = losses.enumerated().map { run($0.offset, 0, $0.element) }
        var promoted: [Int] = []
        while let promotion = halving.promotion(after: entries + promoted.map { run($0, 1, nil) }) {
            promoted.append(promotion.trial)
        }
        #expect(Set(promoted) == [1, 2, 4])
    }

    @Test("The model is of the highest rung with enough results")
    func modelRung() {
        let entries = (0..<9).map { run($0, 0, [1]) } + [run(0, 1, [1]), run(1, 1, [1]), run(2, 1, nil)]
        #expect(halving.rungForModel(of: entries, atLeast: 2) == 1)
        #expect(halving.rungForModel(of: entries, atLeast: 3) == 0)
        #expect(halving.rungForModel(of: entries, atLeast: 30) == 0)
    }
}
