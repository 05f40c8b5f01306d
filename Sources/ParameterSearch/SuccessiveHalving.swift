/// Asynchronous successive halving: trials start with a small budget, and at each rung the best `1 / reduction` of
/// those that have come so far go on to the next one, with `reduction` times the budget.
///
/// It only decides, on a table of what has been started and what came out. A caller that leaves out losses that are
/// newer than a fixed number of jobs gets the same decisions however many of the jobs run at the same time.
///
/// L. Li et al.: A System for Massively Parallel Hyperparameter Tuning. MLSys (2020), algorithm 2. With several
/// objectives, the best are those of `bestTrials(_:of:)`.
package struct SuccessiveHalving: Equatable, Sendable {
    /// The budget of each rung, ascending; a promoted trial's includes what it has had before.
    package let budgets: [Int]
    /// One of how many trials is promoted; the paper's η.
    package let reduction: Int

    /// One run of a trial up to the budget of a rung.
    package struct Entry: Equatable, Sendable {
        /// The trial's number.
        package let trial: Int
        /// The rung, from 0.
        package let rung: Int
        /// What came out, or nil where that is not known yet.
        package let losses: [Double]?

        /// A run of a trial.
        package init(trial: Int, rung: Int, losses: [Double]?) {
            self.trial = trial
            self.rung = rung
            self.losses = losses
        }
    }

    /// A trial that is to be run up to the budget of its next rung.
    package struct Promotion: Equatable, Sendable {
        /// The trial's number.
        package let trial: Int
        /// The rung that it goes on to.
        package let rung: Int

        /// A promotion.
        package init(trial: Int, rung: Int) {
            self.trial = trial
            self.rung = rung
        }
    }

    /// Rungs between two budgets.
    ///
    /// Three rungs, a minimum of a ninth of the maximum and a reduction by 3, are a good choice: results of an even
    /// smaller budget say too little about the last rung's.
    ///
    /// - Parameters:
    ///   - minimum: the least that the first rung's budget may be, at least 1.
    ///   - maximum: the last rung's budget. From there down, each has a `reduction`th of the one above, rounded down,
    ///     while that is not below the minimum.
    ///   - reduction: one of how many trials is promoted, at least 2.
    package init(minimum: Int, maximum: Int, reduction: Int) {
        precondition(minimum >= 1 && reduction >= 2)
        var budgets = [maximum]
        while budgets[budgets.count - 1] / reduction >= minimum {
            budgets.append(budgets[budgets.count - 1] / reduction)
        }
        self.budgets = budgets.reversed()
        self.reduction = reduction
    }

    /// The trial to go on with, from the highest rung that has one that is good enough.
    /// - Parameter entries: all runs that have been started, in any order; at most one for each trial and rung.
    /// - Returns: the promotion, or nil where a new trial is to be started.
    package func promotion(after entries: [Entry]) -> Promotion? {
        for rung in budgets.indices.dropLast().reversed() {
            let finished = finished(at: rung, of: entries)
            let started = Set(entries.lazy.filter { $0.rung == rung + 1 }.map(\.trial))
            let top = bestTrials(finished.count / reduction, of: finished.map(\.losses)).map { finished[$0] }
            let next = top.first { !started.contains($0.trial) && $0.losses.allSatisfy(\.isFinite) }
            if let next { return Promotion(trial: next.trial, rung: rung + 1) }
        }
        return nil
    }

    /// The highest rung with enough results for a model of which points are good, as BOHB chooses it.
    /// - Parameters:
    ///   - entries: all runs that have been started.
    ///   - count: how many results are enough.
    /// - Returns: the rung; 0 where none has as many.
    package func rungForModel(of entries: [Entry], atLeast count: Int) -> Int {
        budgets.indices.last { rung in entries.count { $0.rung == rung && $0.losses != nil } >= count } ?? 0
    }

    /// The known results of a rung, in order of trials, so that ties are broken the same way for any order of entries.
    private func finished(at rung: Int, of entries: [Entry]) -> [(trial: Int, losses: [Double])] {
        entries.compactMap { entry in
            entry.rung == rung ? entry.losses.map { (trial: entry.trial, losses: $0) } : nil
        }.sorted { $0.trial < $1.trial }
    }
}
