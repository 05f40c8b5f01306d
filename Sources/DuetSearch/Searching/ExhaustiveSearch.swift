import Datasets
import Duet
public import FileFormats
import Foundation

/// Trains every network of a space.
///
/// Combinations multiply, but late fusion lets the work add up: in a staged training, a branch is trained without knowing the other
/// branches or the head. So each branch is trained once, what it predicts of the examples is kept, and each head is trained on that in
/// milliseconds. What comes out for a network is what a training of that network alone gives, bit for bit.
public struct ExhaustiveSearch: Sendable {
    private let study: Study
    private let configuration: TrainingConfiguration
    private let data: TrainingData
    private let space: SearchSpace
    private let modalities: [String]
    private let folds: ValidationFolds

    /// Prepares to go on with a study, from wherever it stands.
    /// - Throws: `DuetError` where the dataset cannot be read or is another one.
    public init(_ study: Study) throws {
        self.study = study
        configuration = try study.configuration()
        data = try study.data(configuration)
        space = try study.space(data)
        modalities = space.branches.map { $0[0].modality.name }
        folds = ValidationFolds(data)
    }

    /// Trains what is left. Others may do so at the same time, in this process or another.
    /// - Parameters:
    ///   - jobs: how many networks are trained at a time; the results do not depend on it.
    ///   - monitor: told of each branch and of each combination of branches.
    /// - Throws: `DuetError` of kind `interrupted` where the monitor cancels; what is finished is kept.
    public func run(jobs: Int = 1, monitor: WorkMonitor = .none) throws {
        try study.work(jobs: jobs) { try work($0, monitor) }
    }

    /// Does the next piece of work.
    /// - Returns: false where none is left.
    private func work(_ owner: String, _ monitor: WorkMonitor) throws -> Bool {
        try report(monitor)
        let (work, othersAreBusy) = try study.claim(for: owner)
        switch work {
        case .branch(let place, let candidate): try trainBranch(place, candidate, owner, monitor)
        case .combination(let id): try trainHeads(id, owner, monitor)
        case nil:
            guard othersAreBusy else { return false }
            Thread.sleep(forTimeInterval: 0.1)
        }
        return true
    }

    private func report(_ monitor: WorkMonitor) throws {
        let progress = try study.progress()
        let branches = progress.trainedBranches + progress.failedBranches
        if branches < progress.branches {
            try monitor.advance("Training branches", branches, of: progress.branches, "branches")
        } else {
            try monitor.advance(
                "Training heads", progress.trainedNetworks + progress.failedNetworks, of: progress.networks, "networks")
        }
    }

    private func trainBranch(_ place: Int, _ candidate: Int, _ owner: String, _ monitor: WorkMonitor) throws {
        // Any branch will do for the other modalities; a head that needs training asks for the folds, where there are any.
        var choice = space.branches.map { _ in 0 }
        choice[place] = candidate
        let head = space.heads.firstIndex { !$0.layers.isEmpty } ?? 0
        let trainer = try trainer(space.model(choice, head: head))
        let began = ContinuousClock.now
        do {
            let outputs = try trainer.trainBranch(of: modalities[place], observers: [Cancellation(monitor)])
            try study.finish(
                place: place, candidate: candidate, outputs, seconds: began.duration(to: .now).seconds, owner: owner)
        } catch let error as DuetError where error.kind == .badData {
            try study.fail(place: place, candidate: candidate, error.message, owner: owner)
        }
    }

    private func trainHeads(_ id: Int, _ owner: String, _ monitor: WorkMonitor) throws {
        let choice = study.choice(of: id, sizes: space.branches.map(\.count))
        let outputs = try choice.enumerated().map { try study.outputs(place: $0, candidate: $1) }
        let inputs = HeadInputs(outputs, data)
        let outcomes = try space.heads.indices.map { head -> Trainer.HeadOutcome? in
            do {
                return try trainer(space.model(choice, head: head)).trainHead(
                    on: inputs, observers: [Cancellation(monitor)])
            } catch let error as DuetError where error.kind == .badData {
                // It diverged; the others need not.
                return nil
            }
        }
        try study.finish(combination: id, outcomes, folds, owner: owner)
    }

    private func trainer(_ model: FusionModel) throws -> Trainer {
        var configuration = configuration
        (configuration.model, configuration.fusion) = (.custom(model), nil)
        return try Trainer(configuration, data: data)
    }
}

/// Ends a training where the monitor cancels.
final class Cancellation: TrainingObserver {
    private let monitor: WorkMonitor

    init(_ monitor: WorkMonitor) { self.monitor = monitor }

    func batchEnded(_ training: Training) throws {
        if monitor.isCancelled { throw DuetError(.interrupted, "stopped") }
    }
}
