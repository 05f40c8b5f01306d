import Datasets
public import FileFormats
public import Foundation
import NeuralNetwork

/// Several models under one split and seed, side by side: the paper's comparison, with what chance may have done to it.
public struct Comparison: Codable, Sendable {
    /// One model's line.
    public struct Entry: Codable, Sendable {
        /// The model's name.
        public let model: String
        /// All weights.
        public let parameters: Int
        /// On the test examples.
        public let evaluation: Evaluation
        /// The mean time of an epoch, validation included.
        public let secondsPerEpoch: Double
        /// McNemar's test against the best model; nil for the best itself.
        public let againstBest: McNemarTest?
        /// The training, epoch by epoch.
        public let history: TrainingHistory
    }

    /// The version of this format.
    public private(set) var version = 1
    /// The models, in the order in which they were named.
    public let entries: [Entry]
    /// The name of the model with the highest test accuracy; of equal ones the smallest.
    public let best: String
    /// The p-value below which a difference from the best counts as more than chance: 0.05 divided by the number of
    /// comparisons (Bonferroni).
    public let significance: Double

    /// What fusion brings: each fused model against the best of its specialists, where those were compared too.
    public let fusions: [FusionGain]

    /// A fused model against the best of its specialists, the models of one of its modalities alone.
    public struct FusionGain: Codable, Sendable {
        /// The fused model's name.
        public let model: String
        /// The name of the specialist with the highest test accuracy.
        public let specialist: String
        /// The fused model's accuracy less the specialist's.
        public let gain: Double
        /// McNemar's test of the two on the same test examples.
        public let test: McNemarTest
    }

    /// Compares runs on the same test examples.
    /// - Throws: `DuetError` if there are none, or if the examples differ in number.
    public init(_ outcomes: [TrainingRun.Outcome]) throws {
        let measured = try outcomes.map {
            (outcome: $0, parameters: try $0.model.architecture.network().summary().totalParameters)
        }
        guard
            let best = measured.max(by: {
                ($0.outcome.accuracy, -$0.parameters) < ($1.outcome.accuracy, -$1.parameters)
            })
        else { throw DuetError(.usage, "there are no models to compare") }
        self.best = best.outcome.test.evaluation.model
        significance = 0.05 / Double(max(measured.count - 1, 1))
        entries = try measured.map { one in
            let (evaluation, history) = (one.outcome.test.evaluation, one.outcome.metrics.history)
            let seconds = history.epochs.map(\.seconds)
            return Entry(
                model: evaluation.model, parameters: one.parameters, evaluation: evaluation,
                secondsPerEpoch: seconds.reduce(0, +) / Double(max(seconds.count, 1)),
                againstBest: evaluation.model == best.outcome.test.evaluation.model
                    ? nil
                    : try McNemarTest(
                        first: best.outcome.test.predictions.areCorrect(),
                        second: one.outcome.test.predictions.areCorrect()),
                history: history)
        }
        fusions = try outcomes.compactMap { outcome in
            let architecture = outcome.model.architecture
            guard architecture.branches.count > 1 else { return nil }
            let specialists = outcomes.filter { architecture.hasAsBranch($0.model.architecture) }
            guard let specialist = specialists.max(by: { $0.accuracy < $1.accuracy }) else { return nil }
            return FusionGain(
                model: architecture.name, specialist: specialist.model.architecture.name,
                gain: outcome.accuracy - specialist.accuracy,
                test: try McNemarTest(
                    first: outcome.test.predictions.areCorrect(), second: specialist.test.predictions.areCorrect()))
        }
    }

    /// Trains and measures models one after another, and compares them.
    ///
    /// - Parameters:
    ///   - configurations: the trainings, each with a folder of its own; they share data, split, seed and limit.
    ///   - resume: whether to go on with runs that their folders hold; one that is finished is not trained again.
    ///   - overwrite: whether runs that the folders hold may be replaced.
    ///   - observers: makes the observers of a training that is about to begin.
    ///   - monitor: told of the evaluations; where it cancels, a checkpoint is written first.
    /// - Returns: the comparison.
    /// - Throws: `DuetError`, before the first training where a folder cannot be written.
    public static func train(
        _ configurations: [TrainingConfiguration], resume: Bool = false, overwrite: Bool = false,
        observers: (TrainingConfiguration, TrainingData) throws -> [any TrainingObserver] = { _, _ in [] },
        monitor: WorkMonitor = .none
    ) throws -> Comparison {
        guard let first = configurations.first else { throw DuetError(.usage, "there are no models to compare") }
        return try Comparison(
            outcomes(
                configurations, TrainingData(first, monitor: monitor), resume: resume, overwrite: overwrite,
                observers: observers, monitor: monitor))
    }

    /// Trains and measures models one after another; as `train` does.
    static func outcomes(
        _ configurations: [TrainingConfiguration], _ data: TrainingData, resume: Bool, overwrite: Bool,
        observers: (TrainingConfiguration, TrainingData) throws -> [any TrainingObserver], monitor: WorkMonitor
    ) throws -> [TrainingRun.Outcome] {
        // Before the first training, so that an hour's work does not end at a mistake in the last of them.
        try checkFolders(configurations, resume: resume, overwrite: overwrite)
        for configuration in configurations { _ = try Trainer(configuration, data: data) }
        let shared = SharedBranches()
        return try configurations.map { configuration in
            let isStarted = resume && RunFolder(URL(fileURLWithPath: configuration.output)).isStarted
            let run = try TrainingRun(configuration, data: data, resume: isStarted, overwrite: overwrite)
            run.shared = shared
            return try run.train(observers: observers(configuration, data), monitor: monitor)
        }
    }

    /// Checks that trainings can be written, each into a folder of its own.
    static func checkFolders(_ configurations: [TrainingConfiguration], resume: Bool, overwrite: Bool) throws {
        guard Set(configurations.map(\.output)).count == configurations.count else {
            throw DuetError(
                .usage, "two of the compared models would be trained into one folder; give them different names")
        }
        for folder in configurations.map({ RunFolder(URL(fileURLWithPath: $0.output)) })
        where !(resume && folder.isStarted) { try folder.check(overwrite: overwrite) }
    }

    /// Writes `comparison.json` into a folder.
    public func write(to folder: URL) throws { try Self.write(self, to: folder) }

    static func write(_ comparison: some Encodable, to folder: URL) throws {
        let text = try JSON.prettyText(comparison) + "\n"
        try AtomicFile.write(to: folder.appendingPathComponent("comparison.json"), overwrite: true) {
            try $0.write(text)
        }
    }
}

extension RunFolder {
    /// Whether a training has begun in the folder.
    fileprivate var isStarted: Bool { FileManager.default.fileExists(atPath: configuration.path) }
}

extension TrainingRun.Outcome {
    fileprivate var accuracy: Double { test.evaluation.accuracies.all.accuracy }
}

extension FusionModel {
    /// Whether another model is one of the branches alone.
    func hasAsBranch(_ other: FusionModel) -> Bool {
        guard other.branches.count == 1 else { return false }
        return branches.contains { $0.isEqual(to: other.branches[0]) }
    }
}

extension Branch {
    fileprivate func isEqual(to other: Branch) -> Bool {
        modality == other.modality && input == other.input
            && networks.map { $0.map { AnyHashable($0) } } == other.networks.map { $0.map { AnyHashable($0) } }
    }
}

extension Comparison {
    /// The modalities that any of the models can be measured on alone, in the order of the first model that has them.
    public var modalities: [String] { entries.map(\.evaluation.accuracies.modalities).distinct }
}

extension Comparison.FusionGain {
    /// "Fusion helps: the test accuracy of model-2 is 0.0121 above that of its best specialist, model-2-image (p < 0.0001)."
    public var sentence: String { Comparison.sentence(on: "test accuracy", of: model, gain, specialist, test.pValue) }
}

extension Comparison {
    /// What a fused model has more than the best of its specialists, and whether that may be chance.
    static func sentence(
        on measure: String, of model: String, _ gain: Double, _ specialist: String, _ pValue: Double
    ) -> String {
        func decimals(_ value: Double) -> String { String(format: "%.4f", value) }
        let p = pValue < 1e-4 ? "p < 0.0001" : "p = \(decimals(pValue))"
        guard pValue < 0.05 else {
            return
                "It is not clear that fusion helps: the \(measure) of \(model) and that of its best specialist, \(specialist), differ by "
                + "\(decimals(abs(gain))), which may be chance (\(p))."
        }
        return
            "Fusion \(gain > 0 ? "helps" : "hurts"): the \(measure) of \(model) is \(decimals(abs(gain))) "
            + "\(gain > 0 ? "above" : "below") that of its best specialist, \(specialist) (\(p))."
    }
}

extension Ablations {
    /// The modalities that there is a value for, each alone.
    var modalities: [String] { alone.map(\.modality) }
}

extension [[String]] {
    /// Each name once, in the order of first appearance.
    var distinct: [String] {
        joined().reduce(into: []) { names, name in
            if !names.contains(name) { names.append(name) }
        }
    }
}
