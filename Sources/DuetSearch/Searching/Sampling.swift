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
    /// How many trainings are tried; nil where time is the end.
    public internal(set) var trials: Int?
    /// What the strategy aims at, one objective or several. Not at latency: what it chooses must not depend on how busy the machine is.
    public let objectives: [SearchObjective]

    /// - Parameters:
    ///   - strategy: by what the choice is made.
    ///   - trials: how many trainings are tried; nil where time is the end.
    ///   - objectives: what the strategy aims at, at least one.
    public init(_ strategy: Strategy, trials: Int?, objectives: [SearchObjective] = [.accuracy]) {
        (self.strategy, self.trials, self.objectives) = (strategy, trials, objectives)
    }
}
