import Foundation
package import SeededRandom

/// Suggests points to try, by what has been tried: those that are likely among the good trials and unlikely among the
/// others.
///
/// The trials are split into good ones, the best tenth, and all others, with the points of trials that still run. For
/// each set there is a density over points (`ParzenMixture`). Of some candidates drawn from the good set's, the one
/// with the largest ratio of both densities is suggested; where all values are options or integers, one that has not
/// been tried yet, if there is one.
///
/// The same trials, in the same order, and the same state of the generator give the same point.
///
/// J. Bergstra et al.: Algorithms for Hyper-Parameter Optimization. NeurIPS (2011); with all parameters in one density:
/// S. Falkner et al.: BOHB: Robust and Efficient Hyperparameter Optimization at Scale. ICML (2018); with several
/// objectives: Y. Ozaki et al.: Multiobjective Tree-Structured Parzen Estimator. Journal of Artificial Intelligence
/// Research 73 (2022); the settings: S. Watanabe: Tree-Structured Parzen Estimator: Understanding Its Algorithm
/// Components and Their Roles for Better Empirical Performance. arXiv:2304.11127 (2023).
package struct TreeParzenEstimator {
    /// With fewer trials than that, points are random.
    package static let randomTrials = 10
    /// The part of the trials that is good, and how many at most.
    private static let goodPart = 0.1
    private static let mostGood = 25
    private static let candidates = 24
    /// A score must be better by that much: scores that differ only in the last bits, which may be others on another
    /// machine, are ties.
    private static let margin = 1e-9

    private let isRandom: Bool
    private let known: [ParameterPoint]
    private var good: ParzenMixture
    private var others: ParzenMixture

    /// A model of some trials.
    /// - Parameters:
    ///   - trials: what has been tried, in the order in which it began. All have the same number of objectives. A
    ///     failed trial is never good.
    ///   - pending: points that are tried now, which count as tried and not good, so that another suggestion is
    ///     elsewhere.
    ///   - tried: points that were tried too, but of which nothing is known that compares with the trials, such as
    ///     those of another budget. They are not suggested again.
    package init(trials: [SearchTrial], pending: [ParameterPoint] = [], tried: [ParameterPoint] = []) {
        isRandom = trials.count < Self.randomTrials
        known = trials.map(\.point) + pending + tried
        let goodCount = min(Int((Self.goodPart * Double(trials.count)).rounded(.up)), Self.mostGood)
        let chosen = Set(
            bestTrials(goodCount, of: trials.map(\.losses)).filter { trials[$0].losses.allSatisfy(\.isFinite) })
        good = ParzenMixture(points: trials.indices.filter { chosen.contains($0) }.map { trials[$0].point })
        others = ParzenMixture(
            points: trials.indices.filter { !chosen.contains($0) }.map { trials[$0].point } + pending)
    }

    /// A point to try next.
    /// - Parameters:
    ///   - walk: the search space. It is run for each candidate.
    ///   - generator: what the draws come from.
    /// - Returns: the point.
    /// - Throws: what the walk throws.
    package mutating func suggest(
        _ walk: ParameterWalk, using generator: inout SeededGenerator
    ) rethrows -> ParameterPoint {
        if isRandom { return try ParameterPoint(random: walk, using: &generator) }
        var choice = Candidate()
        var choiceIsNew = false
        var choiceScore = -Double.infinity
        for _ in 0..<Self.candidates {
            let candidate = try good.sample(walk, using: &generator)
            let isNew = !known.contains(candidate.point)
            guard isNew || !choiceIsNew else { continue }
            let score = good.logDensity(of: candidate) - others.logDensity(of: candidate)
            if (isNew && !choiceIsNew) || score > choiceScore + Self.margin {
                (choice, choiceIsNew, choiceScore) = (candidate, isNew, score)
            }
        }
        return choice.point
    }
}
