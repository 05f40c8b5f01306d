import ParameterSearch
import SeededRandom

extension Benchmark {
    /// Prints the smallest loss after 50 and 200 trials, for each table, sampler and seed, as CSV.
    static func regret(_ tables: [Table], seeds: Range<UInt64>) {
        print("table,sampler,seed,after_50,after_200")
        for table in tables {
            for sampler in ["tpe", "random"] {
                for seed in seeds {
                    let losses = search(table, trials: 200, seed: seed, isRandom: sampler == "random")
                    print(table.name, sampler, seed, losses.prefix(50).min()!, losses.min()!, separator: ",")
                }
            }
        }
    }

    private static func search(_ table: Table, trials count: Int, seed: UInt64, isRandom: Bool) -> [Double] {
        var generator = SeededGenerator(seed: seed)
        var trials: [SearchTrial] = []
        for _ in 0..<count {
            var estimator = TreeParzenEstimator(trials: isRandom ? [] : trials)
            let point = estimator.suggest(table.walk, using: &generator)
            trials.append(SearchTrial(point: point, losses: [table[point][0]]))
        }
        return trials.map { $0.losses[0] }
    }
}
