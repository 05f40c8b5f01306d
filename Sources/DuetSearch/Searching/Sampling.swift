import Duet
import ParameterSearch

/// How a search that does not train every network chooses what it tries.
public struct Sampling: Codable, Equatable, Sendable {
    /// By what the choice is made.
    public enum Strategy: String, CaseIterable, Codable, Sendable {
        /// At random, each choice alike.
        case random
        /// By the tree-structured Parzen estimator: near what was good, far from what was not.
        case tpe
    }

    /// By what the choice is made.
    public let strategy: Strategy
    /// How many trainings are tried by this strategy; nil where time is the end.
    public internal(set) var trials: Int?
    /// What the strategy aims at, one objective or several. Not at latency: what it chooses must not depend on how busy the machine is.
    public let objectives: [SearchObjective]
    /// Whether most trials are trained for a part of their epochs only: each for a ninth, the best third of them again for a third, and the
    /// best third of those again for all. Asynchronous successive halving (Li et al. 2020), where each training is one of its own.
    public let halves: Bool
    /// Whether as many trainings are chosen at random beside, to be compared with. Each second trial is, from number 1 on; the strategy
    /// does not see what comes of them.
    public let comparesWithRandom: Bool

    /// - Parameters:
    ///   - strategy: by what the choice is made.
    ///   - trials: how many trainings are tried by this strategy; nil where time is the end.
    ///   - objectives: what the strategy aims at, at least one.
    ///   - halves: whether most trials are trained for a part of their epochs only.
    ///   - comparesWithRandom: whether as many are chosen at random beside, unless all are.
    public init(
        _ strategy: Strategy, trials: Int?, objectives: [SearchObjective] = [.accuracy], halves: Bool = false,
        comparesWithRandom: Bool = true
    ) {
        (self.strategy, self.trials, self.objectives, self.halves) = (strategy, trials, objectives, halves)
        self.comparesWithRandom = comparesWithRandom && strategy != .random
    }

    /// The strategies of all trials.
    var strategies: [Strategy] { comparesWithRandom ? [strategy, .random] : [strategy] }

    /// How many trainings are tried in all; nil where time is the end.
    var allTrials: Int? { trials.map { $0 * strategies.count } }

    /// By what a trial is chosen.
    func strategy(ofTrial number: Int) -> Strategy { strategies[number % strategies.count] }

    /// Reads what a study says; one that was begun before there were random trials beside has none.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try values.decode(Strategy.self, forKey: .strategy),
            trials: try values.decodeIfPresent(Int.self, forKey: .trials),
            objectives: try values.decode([SearchObjective].self, forKey: .objectives),
            halves: try values.decode(Bool.self, forKey: .halves),
            comparesWithRandom: try values.decodeIfPresent(Bool.self, forKey: .comparesWithRandom) ?? false)
    }

    /// The rungs: into how many parts the epochs are divided, of which a trial gets one; and which trials go on.
    static let halving = SuccessiveHalving(minimum: 1, maximum: 9, reduction: 3)

    /// The rung on which a trial is trained for all of its epochs.
    var lastRung: Int { halves ? Self.halving.budgets.count - 1 : 0 }

    /// The settings of a trial on a rung.
    func settings(_ whole: TrainingConfiguration, rung: Int) -> TrainingConfiguration {
        guard halves else { return whole }
        func part(_ epochs: Int) -> Int { max(1, epochs * Self.halving.budgets[rung] / Self.halving.budgets[lastRung]) }
        var settings = whole
        settings.epochs = part(whole.epochs)
        settings.branches = whole.branches.mapValues { branch in
            var branch = branch
            branch.epochs = branch.epochs.map(part)
            return branch
        }
        return settings
    }
}
