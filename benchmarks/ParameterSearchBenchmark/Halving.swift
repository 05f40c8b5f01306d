import Foundation
import ParameterSearch
import SeededRandom

extension Benchmark {
    private static let epochs = [3, 9, 27]
    /// The epochs of so many complete trials.
    private static let trials = [10, 25, 50]

    /// Prints, for each table of several budgets, sampler and seed, the hypervolume of all results, of losses and the
    /// logarithm of the number of weights, after as many epochs as some complete trials take, as CSV.
    static func halving(_ tables: [Table], seeds: Range<UInt64>) {
        print("table,trials,sampler,seed,hypervolume")
        for table in tables {
            for trials in trials {
                for (sampler, halves, isRandom) in [
                    ("random", false, true), ("tpe", false, false), ("halving+random", true, true),
                    ("halving+tpe", true, false),
                ] {
                    for seed in seeds {
                        var search = TableSearch(table: table, epochs: epochs, seed: seed, isRandom: isRandom)
                        search.run(totalEpochs: trials * epochs[epochs.count - 1], halves: halves)
                        print(table.name, trials, sampler, seed, volume(of: search.results, in: table), separator: ",")
                    }
                }
            }
        }
    }

    /// The hypervolume of losses and weights, where the table's smallest of each are 0, the median loss after the last
    /// epoch is 1, and the most weights are a little below 1, so that they count too.
    private static func volume(of results: [[Double]], in table: Table) -> Double {
        // The first metric is the number of weights; losses after each number of epochs follow.
        let losses = table.sorted(metric: epochs.count).filter(\.isFinite)
        let weights = table.sorted(metric: 0).map { log($0) }
        let low = [losses[0], weights[0]]
        let high = [losses[losses.count / 2], weights[0] + 1.1 * (weights[weights.count - 1] - weights[0])]
        let scaled = results.map { result in
            result.indices.map { (result[$0] - low[$0]) / (high[$0] - low[$0]) }
        }
        return hypervolume(of: scaled, reference: [1, 1])
    }
}

/// A search of a table with several budgets and two objectives.
private struct TableSearch {
    let table: Table
    let epochs: [Int]
    let isRandom: Bool
    private var generator: SeededGenerator
    private var points: [ParameterPoint] = []
    private var entries: [SuccessiveHalving.Entry] = []

    init(table: Table, epochs: [Int], seed: UInt64, isRandom: Bool) {
        self.table = table
        self.epochs = epochs
        self.isRandom = isRandom
        generator = SeededGenerator(seed: seed)
    }

    /// What came out, at every budget.
    var results: [[Double]] { entries.compactMap(\.losses).filter { $0.allSatisfy(\.isFinite) } }

    /// Tries points until the epochs are used up: all of each trial, or rung by rung.
    mutating func run(totalEpochs: Int, halves: Bool) {
        let halving = SuccessiveHalving(minimum: epochs[0], maximum: epochs[epochs.count - 1], reduction: 3)
        var used = 0
        while used < totalEpochs {
            if halves, let promotion = halving.promotion(after: entries) {
                add(trial: promotion.trial, rung: promotion.rung)
                used += epochs[promotion.rung] - epochs[promotion.rung - 1]
                continue
            }
            points.append(
                suggest(
                    rung: halves
                        ? halving.rungForModel(of: entries, atLeast: TreeParzenEstimator.randomTrials)
                        : epochs.count - 1))
            for rung in halves ? 0..<1 : 0..<epochs.count { add(trial: points.count - 1, rung: rung) }
            used += halves ? epochs[0] : epochs[epochs.count - 1]
        }
    }

    private mutating func suggest(rung: Int) -> ParameterPoint {
        if isRandom { return ParameterPoint(random: table.walk, using: &generator) }
        let trials = entries.filter { $0.rung == rung }.map { SearchTrial(point: points[$0.trial], losses: $0.losses!) }
        var estimator = TreeParzenEstimator(trials: trials, tried: points)
        return estimator.suggest(table.walk, using: &generator)
    }

    private mutating func add(trial: Int, rung: Int) {
        let metrics = table[points[trial]]
        entries.append(.init(trial: trial, rung: rung, losses: [metrics[1 + rung], log(metrics[0])]))
    }
}
