import Duet
import FileFormats
import Foundation
import GRDB
import ParameterSearch

/// A training that a worker has claimed.
struct ClaimedTrial {
    let number: Int
    let configuration: TrainingConfiguration
}

/// A training to try: the choices that lead to it, also in words, its settings with the network, and the network's number of parameters.
struct SuggestedTrial {
    let point: ParameterPoint
    let choices: [Hyperparameter]
    let configuration: TrainingConfiguration
    let parameters: Int
    /// With halving: the first trial of this point, and the rung.
    let (origin, rung): (Int, Int)
}

/// How good the trials of one strategy are.
public struct StrategyResults: Codable, Equatable, Sendable {
    /// How they were chosen.
    public let strategy: Sampling.Strategy
    /// The validation accuracy of each that has not failed, in the order in which they were begun; nil where it was trained for a part of its
    /// epochs only.
    public let accuracies: [Double?]
    /// How many are on the Pareto front of all networks of the study.
    public let onParetoFront: Int

    /// The highest accuracy so far, after each trial; nil before the first.
    public var highest: [Double?] {
        var best: Double?
        return accuracies.map { accuracy in
            best = [best, accuracy].compactMap(\.self).max()
            return best
        }
    }
}

/// What is known where a trial is chosen.
struct TrialHistory {
    /// A trial, with its result where that counts.
    struct Entry {
        let point: ParameterPoint
        let origin: Int
        let rung: Int
        /// Nil for one of the last ones, whether it has ended or not.
        let losses: [Double]?
    }

    /// All trials in the order of their numbers.
    var entries: [Entry] = []

    /// Those whose result counts, on a rung.
    func finished(on rung: Int) -> [SearchTrial] {
        entries.compactMap { entry in
            entry.rung == rung ? entry.losses.map { SearchTrial(point: entry.point, losses: $0) } : nil
        }
    }

    /// Points whose result does not count yet.
    var pending: [ParameterPoint] { entries.filter { $0.losses == nil }.map(\.point) }
}

extension Study {
    /// Each trial is chosen by the results of those that are at least so many numbers older, so that the same ones are chosen however many
    /// workers there are, up to this many.
    static let lag = 8

    /// Claims the next trial: one whose worker is gone, or a new one.
    /// - Parameters:
    ///   - owner: who claims it.
    ///   - sampling: how the trials are chosen.
    ///   - suggest: chooses the trial of this number.
    /// - Returns: the trial, nil where none can be begun, and whether one may be begun later, when others have ended.
    /// - Throws: `DuetError` where the study cannot be written, and what `suggest` throws.
    func claimTrial(
        for owner: String, _ sampling: Sampling, suggest: (Int, TrialHistory) throws -> SuggestedTrial
    ) throws -> (trial: ClaimedTrial?, othersAreBusy: Bool) {
        try write { database in
            try releaseDead(database)
            let now = Date().timeIntervalSince1970
            let left = try Row.fetchOne(
                database,
                sql: """
                    UPDATE trial SET state = 1, owner = ?, heartbeat = ? WHERE number = (SELECT number FROM trial
                        WHERE state = 0 OR (state = 1 AND heartbeat < \(now - Self.lease)) ORDER BY number LIMIT 1)
                    RETURNING number, configuration
                    """, arguments: [owner, now])
            if let left {
                let text: String = left["configuration"]
                return (ClaimedTrial(number: left["number"], configuration: try configuration(from: text)), false)
            }
            let number = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM trial") ?? 0
            guard number < sampling.allTrials ?? .max else {
                // One of the others may be killed, and leave its trial.
                return (nil, try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM trial WHERE state = 1)")!)
            }
            // Random choices depend on no result, and wait for none.
            let history =
                sampling.strategy(ofTrial: number) == .random && !sampling.halves
                ? TrialHistory() : try history(before: number, sampling, database)
            guard let history else { return (nil, true) }
            let suggestion = try suggest(number, history)
            try database.execute(
                sql: """
                    INSERT INTO trial
                        (number, origin, rung, point, choices, configuration, parameters, state, owner, heartbeat)
                    VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?)
                    """,
                arguments: [
                    number, suggestion.origin, suggestion.rung, JSON.text(suggestion.point),
                    JSON.text(suggestion.choices),
                    JSON.text(suggestion.configuration), suggestion.parameters, owner, now,
                ])
            return (ClaimedTrial(number: number, configuration: suggestion.configuration), false)
        }
    }

    /// What counts for the choice of a trial, of those of its strategy; nil where some of it has not ended yet.
    private func history(before number: Int, _ sampling: Sampling, _ database: Database) throws -> TrialHistory? {
        var history = TrialHistory()
        for row in try Row.fetchAll(
            database, sql: "SELECT * FROM trial WHERE number < ? ORDER BY number", arguments: [number])
        {
            guard sampling.strategy(ofTrial: row["number"]) == sampling.strategy(ofTrial: number) else { continue }
            let point = try JSON.value(
                ParameterPoint.self, from: row["point"] as String, in: "\(folder.path)/study.sqlite")
            var losses: [Double]?
            if (row["number"] as Int) <= number - Self.lag {
                switch row["state"] as Int {
                case 2: losses = sampling.objectives.map { $0.loss(row["accuracy"], row["loss"], row["parameters"]) }
                case 3: losses = sampling.objectives.map { _ in .infinity }
                default: return nil
                }
            }
            history.entries.append(.init(point: point, origin: row["origin"], rung: row["rung"], losses: losses))
        }
        return history
    }

    private func configuration(from text: String) throws -> TrainingConfiguration {
        try JSON.value(TrainingConfiguration.self, from: text, in: "\(folder.path)/study.sqlite")
    }

    /// Keeps what a trial has brought. Nothing happens where another worker has taken it over.
    func finish(trial number: Int, accuracy: Double, loss: Double, seconds: Double, owner: String) throws {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE trial SET state = 2, accuracy = ?, loss = ?, seconds = ?
                    WHERE number = ? AND state = 1 AND owner = ?
                    """, arguments: [accuracy, loss, seconds, number, owner])
        }
    }

    /// Notes that a trial failed.
    func fail(trial number: Int, _ message: String, owner: String) throws {
        try write { database in
            try database.execute(
                sql: "UPDATE trial SET state = 3, error = ? WHERE number = ? AND state = 1 AND owner = ?",
                arguments: [message, number, owner])
        }
    }

    /// The results of all trials that were trained for all of their epochs, in any order.
    func trialResults() throws -> [NetworkResult] {
        let (name, lastRung) = try (name(), sampling()?.lastRung ?? 0)
        return try read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM trial WHERE state = 2 AND rung = ?", arguments: [lastRung]
            ).map { row in
                NetworkResult(
                    name: "\(name)-\(row["number"] as Int)", validationAccuracy: row["accuracy"],
                    validationLoss: row["loss"], parameters: row["parameters"])
            }
        }
    }

    /// How good the trials of each strategy are, in the order in which they were begun; empty where every network is trained.
    public func strategies() throws -> [StrategyResults] {
        guard let sampling = try sampling() else { return [] }
        let (name, front) = try (name(), Set(results().paretoFront.map(\.name)))
        let rows = try read {
            try Row.fetchAll($0, sql: "SELECT number, rung, accuracy FROM trial WHERE state = 2 ORDER BY number")
        }
        return sampling.strategies.map { strategy in
            let own = rows.filter { sampling.strategy(ofTrial: $0["number"]) == strategy }
            return StrategyResults(
                strategy: strategy,
                accuracies: own.map { ($0["rung"] as Int) == sampling.lastRung ? $0["accuracy"] : nil },
                onParetoFront: own.count { front.contains("\(name)-\($0["number"] as Int)") })
        }
    }

    /// The settings of a trial, with its network.
    func trialConfiguration(_ name: String) throws -> TrainingConfiguration {
        let own = try self.name()
        let number = name.hasPrefix(own + "-") ? Int(name.dropFirst(own.count + 1)) : nil
        let text = try read {
            try String.fetchOne($0, sql: "SELECT configuration FROM trial WHERE number = ?", arguments: [number])
        }
        guard let text else {
            throw DuetError(
                .usage,
                "\(folder.path) has no trial '\(name)'; expected a name such as \(own)-0, as `duet search show` lists them"
            )
        }
        return try configuration(from: text)
    }
}

extension SearchObjective {
    /// What a strategy makes small.
    fileprivate func loss(_ accuracy: Double, _ loss: Double, _ parameters: Int) -> Double {
        switch self {
        // Of equal accuracies the lower loss is better, by less than any difference in accuracy.
        case .accuracy: 1 - accuracy + 1e-7 * min(loss, 100)
        case .parameters: log(Double(max(parameters, 1)))
        case .latency: 0
        }
    }
}
