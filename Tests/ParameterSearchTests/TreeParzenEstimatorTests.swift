import Foundation
import ParameterSearch
import SeededRandom
import Testing

@Suite("Tree-structured Parzen estimator")
struct TreeParzenEstimatorTests {
    /// A search space that does not throw.
    typealias Walk = (@escaping ParameterChooser) -> Void

    /// An option that decides which other parameters there are, of all kinds.
    static func conditional(_ choose: @escaping ParameterChooser) {
        if choose("optimizer", .categorical(count: 3)) == 0 {
            _ = choose("momentum", .real(0...1))
        } else {
            _ = choose("rate", .real(1e-5...1, logarithmic: true))
            _ = choose("depth", .integer(1...6))
        }
        _ = choose("width", .integer(4...256, logarithmic: true))
    }

    /// Best at the second option, a rate of 0.01, a depth of 4 and a width of 64.
    static func loss(_ point: ParameterPoint) -> Double {
        let width = pow(log2(point["width"]! / 64), 2)
        if let momentum = point["momentum"] { return 3 + momentum + width }
        let other: Double = point["optimizer"] == 1 ? 0 : 1
        return other + pow(log10(point["rate"]! / 0.01), 2) + pow((point["depth"]! - 4) / 2, 2) + width
    }

    /// Runs a search.
    static func search(
        _ count: Int, seed: UInt64, isRandom: Bool = false, walk: ParameterWalk,
        losses: (ParameterPoint) -> [Double]
    ) rethrows -> [SearchTrial] {
        var generator = SeededGenerator(seed: seed)
        var trials: [SearchTrial] = []
        for _ in 0..<count {
            var estimator = TreeParzenEstimator(trials: isRandom ? [] : trials)
            let point = try estimator.suggest(walk, using: &generator)
            trials.append(SearchTrial(point: point, losses: losses(point)))
        }
        return trials
    }

    /// A search of `conditional`.
    static func search(
        _ count: Int, seed: UInt64, isRandom: Bool = false, losses: (ParameterPoint) -> [Double] = { [loss($0)] }
    ) -> [SearchTrial] {
        search(count, seed: seed, isRandom: isRandom, walk: conditional, losses: losses)
    }

    @Test("The same seed gives the same trials, another one others")
    func determinism() {
        let trials = Self.search(60, seed: 1)
        #expect(trials == Self.search(60, seed: 1))
        #expect(trials != Self.search(60, seed: 2))
    }

    @Test("Points have the parameters that the walk asked for, in range")
    func conditionalParameters() {
        for trial in Self.search(80, seed: 3) {
            let point = trial.point
            if point["optimizer"] == 0 {
                #expect(point.names == ["optimizer", "momentum", "width"])
                #expect(0...1 ~= point["momentum"]!)
            } else {
                #expect(point.names == ["optimizer", "rate", "depth", "width"])
                #expect(1e-5...1 ~= point["rate"]!)
                #expect((1...6).contains(Int(exactly: point["depth"]!)!))
            }
            #expect((4...256).contains(Int(exactly: point["width"]!)!))
        }
    }

    @Test("After 60 trials the best is far better than the best of random search, over 20 seeds")
    func beatsRandom() {
        let ours = (0..<20).map { Self.search(60, seed: UInt64($0)).map(\.losses[0]).min()! }.sorted()
        let random = (0..<20).map { Self.search(60, seed: UInt64($0), isRandom: true).map(\.losses[0]).min()! }.sorted()
        #expect(ours[10] < 0.35 * random[10])
        #expect(ours[15] < random[5])
    }

    @Test("Two objectives: the front's hypervolume is larger than that of random search")
    func twoObjectives() {
        let volumes = { (isRandom: Bool) -> [Double] in
            (0..<10).map { seed in
                let trials = Self.search(
                    100, seed: UInt64(seed), isRandom: isRandom,
                    walk: { choose in for name in ["a", "b", "c", "d"] { _ = choose(name, .real(0...1)) } },
                    losses: { point in
                        let rest = point.values.dropFirst().map { abs($0 - 0.3) }.reduce(0, +)
                        return [point.values[0] + rest, 1 - point.values[0].squareRoot() + rest]
                    })
                return hypervolume(of: trials.map(\.losses), reference: [2, 2])
            }.sorted()
        }
        #expect(volumes(false)[0] > volumes(true)[9])
    }

    @Test("A region where all trials fail is left")
    func failures() {
        let trials = Self.search(
            100, seed: 4,
            losses: { point in
                [point["optimizer"] == 0 ? .nan : point["optimizer"] == 2 ? .infinity : Self.loss(point)]
            })
        // Of random trials, two thirds would fail.
        #expect(trials.suffix(50).count { $0.point["optimizer"] != 1 } < 20)
        #expect(Self.search(30, seed: 4, losses: { _ in [.nan] }).count == 30)
    }

    @Test("Of options, no point is tried twice before almost all have been")
    func repeats() {
        let walk: Walk = { choose in
            for name in ["a", "b", "c"] { _ = choose(name, .ordinal(count: 4)) }
        }
        let trials = Self.search(40, seed: 5, walk: walk, losses: { [$0.values.reduce(0, +)] })
        let learned = trials.dropFirst(TreeParzenEstimator.randomTrials).map(\.point)
        #expect(Set(learned).count == learned.count)
    }

    @Test("Points that are tried now or were tried elsewhere are not suggested again", arguments: [true, false])
    func pending(areRunning: Bool) {
        let walk: Walk = { choose in _ = choose("a", .ordinal(count: 12)) }
        var trials = Self.search(11, seed: 6, walk: walk, losses: { [$0.values[0]] })
        trials.removeAll { $0.point.values[0] < 3 }
        while trials.count < 12 { trials.append(SearchTrial(point: ["a": 9], losses: [9])) }
        let pending: [ParameterPoint] = [["a": 0], ["a": 1], ["a": 2]]
        for seed in 0..<20 {
            var generator = SeededGenerator(seed: UInt64(seed))
            var estimator = TreeParzenEstimator(
                trials: trials, pending: areRunning ? pending : [], tried: areRunning ? [] : pending)
            #expect(!pending.contains(estimator.suggest(walk, using: &generator)))
        }
    }

    @Test("A walk's error is the caller's")
    func errors() {
        struct Misfit: Error {}
        #expect(throws: Misfit.self) {
            try Self.search(1, seed: 1, walk: { _ in throw Misfit() }, losses: { _ in [0] })
        }
    }

    @Test("A parameter of one value, one asked for twice, and values of an older space are no trouble")
    func oddities() {
        let walk: Walk = { choose in
            #expect(choose("a", .real(2...2)) == 2)
            #expect(choose("b", .categorical(count: 2)) == choose("b", .categorical(count: 2)))
        }
        let old = (0..<15).map { SearchTrial(point: ["a": Double($0), "b": Double($0)], losses: [Double($0)]) }
        var generator = SeededGenerator(seed: 7)
        var estimator = TreeParzenEstimator(trials: old)
        for _ in 0..<20 { #expect(estimator.suggest(walk, using: &generator).names == ["a", "b"]) }
    }
}
