import ParameterSearch
import SeededRandom

extension Benchmark {
    /// Prints the median time of a suggestion after 1,000 trials, of spaces like those that `compare.py` gives Optuna.
    static func time() {
        print("space,objectives,milliseconds")
        for (name, kind) in [("9 lists", ParameterKind.ordinal(count: 6)), ("9 real", .real(0...1))] {
            for objectives in [1, 2] {
                print(name, objectives, milliseconds(kind, objectives: objectives), separator: ",")
            }
        }
    }

    private static func milliseconds(_ kind: ParameterKind, objectives: Int) -> Double {
        let walk = { (choose: @escaping ParameterChooser) in
            for index in 0..<9 { _ = choose("parameter \(index)", kind) }
        }
        var generator = SeededGenerator(seed: 0)
        let trials = (0..<1000).map { _ in
            let point = ParameterPoint(random: walk, using: &generator)
            return SearchTrial(
                point: point, losses: (0..<objectives).map { _ in generator.number(in: 0...1) + point.values[0] })
        }
        let clock = ContinuousClock()
        let times = (0..<21).map { _ in
            clock.measure {
                var estimator = TreeParzenEstimator(trials: trials)
                _ = estimator.suggest(walk, using: &generator)
            }
        }
        return times.sorted()[10] / .milliseconds(1)
    }
}
