import Datasets
import Duet
public import FileFormats
import Foundation
import NeuralNetwork
import ParameterSearch
import SeededRandom
import Synchronization

/// Tries some trainings of a space, each chosen at random or by the results of those before.
///
/// For spaces that an exhaustive search cannot train: networks that are trained as a whole, learning rates, ranges of numbers. The trials
/// of a study are the same for any number of workers: the estimator chooses by the results of trials that are at least 8 numbers older.
public final class SampledSearch: Sendable {
    private let study: Study
    private let sampling: Sampling
    private let configuration: TrainingConfiguration
    private let data: TrainingData
    private let space: Mutex<TrialSpace>

    /// So many choices in a row may lead to layers that do not fit.
    private static let mostMisfits = 1000

    /// Prepares to go on with a study, from wherever it stands.
    /// - Throws: `DuetError` where the dataset cannot be read or is another one, or the study trains every network.
    public init(_ study: Study) throws {
        guard let sampling = try study.sampling() else {
            throw DuetError(.usage, "\(study.folder.path) is a search that trains every network")
        }
        (self.study, self.sampling) = (study, sampling)
        configuration = try study.configuration()
        data = try study.data(configuration)
        space = Mutex(try study.trialSpace(data))
    }

    /// Trains what is left. Others may do so at the same time, in this process or another.
    /// - Parameters:
    ///   - jobs: how many trials are trained at a time; the results do not depend on it. With the estimator, 8 at most are.
    ///   - deadline: no trial is begun after it; nil where there is none, which a study without a number of trials never comes to.
    ///   - monitor: told of each trial.
    /// - Throws: `DuetError` of kind `interrupted` where the monitor cancels; what is finished is kept. Of kind `badData` where no choice
    ///   leads to layers that fit.
    public func run(
        jobs: Int = 1, until deadline: ContinuousClock.Instant? = nil, monitor: WorkMonitor = .none
    ) throws {
        let began = ContinuousClock.now
        try study.makeCheckpoints()
        defer { study.removeCheckpoints() }
        try study.work(jobs: jobs) { owner in
            try report(monitor, began, deadline)
            if let deadline, ContinuousClock.now >= deadline { return false }
            let (trial, othersAreBusy) = try study.claimTrial(for: owner, sampling, suggest: suggest)
            if let trial {
                try train(trial, owner, monitor)
            } else {
                guard othersAreBusy else { return false }
                Thread.sleep(forTimeInterval: 0.1)
            }
            return true
        }
    }

    /// How many of the trials have ended, or how much of the time, where that alone is the end.
    private func report(
        _ monitor: WorkMonitor, _ began: ContinuousClock.Instant, _ deadline: ContinuousClock.Instant?
    ) throws {
        if sampling.trials == nil, let deadline {
            let whole = max(1, Int(began.duration(to: deadline).seconds.rounded(.up)))
            let past = Int(began.duration(to: .now).seconds)
            return try monitor.advance("Training", min(past, whole), of: whole, "seconds")
        }
        let progress = try study.progress()
        try monitor.advance(
            "Training", progress.trainedNetworks + progress.failedNetworks, of: progress.networks, "trials")
    }

    private func suggest(_ number: Int, after history: TrialHistory) throws -> SuggestedTrial {
        let entries = history.entries.map {
            SuccessiveHalving.Entry(trial: $0.origin, rung: $0.rung, losses: $0.losses)
        }
        if sampling.halves, let next = Sampling.halving.promotion(after: entries),
            let promoted = history.entries.first(where: { $0.origin == next.trial })
        {
            return try space.withLock { space in
                guard let trial = try suggestion(promoted.point, origin: next.trial, rung: next.rung, space) else {
                    throw DuetError(.internalFault, "trial \(next.trial) fitted when it was begun, and no longer")
                }
                return trial
            }
        }
        let rung =
            sampling.halves
            ? Sampling.halving.rungForModel(of: entries, atLeast: TreeParzenEstimator.randomTrials) : 0
        var generator = SeededGenerator(seed: configuration.seed, stream: "search/trial/\(number)")
        var estimator =
            sampling.strategy(ofTrial: number) == .tpe
            ? TreeParzenEstimator(
                trials: history.finished(on: rung), pending: history.pending, tried: history.entries.map(\.point))
            : nil
        return try space.withLock { locked in
            let space = locked
            let walk: ParameterWalk = { try space.walk($0) }
            for _ in 0..<Self.mostMisfits {
                let point =
                    try estimator?.suggest(walk, using: &generator)
                    ?? ParameterPoint(random: walk, using: &generator)
                if let trial = try suggestion(point, origin: number, rung: 0, space) { return trial }
            }
            throw DuetError(
                .badData,
                "\(Self.mostMisfits) choices in a row lead to layers of \(study.folder.path) that do not fit each other; "
                    + "expected a space where most fit")
        }
    }

    /// The training of a point; nil where its layers do not fit each other.
    private func suggestion(
        _ point: ParameterPoint, origin: Int, rung: Int, _ space: TrialSpace
    ) throws -> SuggestedTrial? {
        let choose: ParameterChooser = { name, _ in point[name] ?? 0 }
        guard let trial = try space.trial(configuration, choose: choose), case .custom(let model) = trial.model
        else { return nil }
        return SuggestedTrial(
            point: point, choices: try space.choices(choose), configuration: sampling.settings(trial, rung: rung),
            parameters: try model.network().summary().totalParameters, origin: origin, rung: rung)
    }

    private func train(_ trial: ClaimedTrial, _ owner: String, _ monitor: WorkMonitor) throws {
        let began = ContinuousClock.now
        do {
            let trained = try Trainer(trial.configuration, data: data).train(
                resuming: study.checkpoint(of: trial.number), monitor: monitor)
            let found = try Evaluator(trained.model, threads: trial.configuration.threads)
                .evaluate(data.dataset, rows: data.split.validation, on: .validation).evaluation
            try study.finish(
                trial: trial.number, accuracy: found.accuracies.all.accuracy, loss: found.loss,
                seconds: began.duration(to: .now).seconds, owner: owner)
            try? FileManager.default.removeItem(at: study.checkpoint(of: trial.number))
        } catch let error as DuetError where error.kind == .badData || error.kind == .usage {
            try study.fail(trial: trial.number, error.message, owner: owner)
        }
    }
}
